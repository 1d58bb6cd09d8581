import { signBundle } from "./sign-bundle.ts";
import { USAGE } from "./usage.ts";
import { verifyBundle } from "./verify-bundle.ts";

// The command-line protocol of sigstore-conformance: exit 0 done, 1 refused, anything else a crash.

const COMMANDS = new Map([
  ["sign-bundle", signBundle],
  ["verify-bundle", verifyBundle],
]);

const [name = "", ...args] = process.argv.slice(2);
try {
  const command = COMMANDS.get(name);
  if (command === undefined) throw new Error(USAGE);
  const fault = await command(args);
  if (fault !== undefined) process.stderr.write(`refused: ${fault}\n`);
  process.exitCode = fault === undefined ? 0 : 1;
} catch (error) {
  // A key, token or trust root that cannot be used is a refusal; a fault of the call, or of this program, is no verdict.
  const refused = error instanceof Error && "code" in error && "hint" in error;
  process.stderr.write(`${refused ? "refused: " : ""}${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = refused ? 1 : 2;
}
