import { REGISTRIES } from "./plans.ts";
import { startRegistry } from "./start.ts";

// Runs a real registry, which the first argument names, in the network that this process is in. It says its URL on
// stdout, and ends with its stdin.

const registry = await startRegistry(REGISTRIES[process.argv[2] as keyof typeof REGISTRIES]);
process.stdin.once("close", () => void registry.close()).resume();
process.stdout.write(`${registry.url}\n`);
