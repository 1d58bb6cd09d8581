import { startNpmRegistry } from "@colophon/testkit";

// Runs an npm registry in the network that this process is in. It says its URL on stdout, and ends with its stdin. The
// first argument is the token that publishing takes.

const { url } = await startNpmRegistry({ publishToken: process.argv[2] ?? "" });
process.stdin.once("close", () => process.exit()).resume();
process.stdout.write(`${url}\n`);
