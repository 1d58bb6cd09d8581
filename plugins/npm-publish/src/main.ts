import { createRequire } from "node:module";
import { run } from "./run.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

let isInterrupted = false;
process.on("SIGINT", () => {
  // A publisher that runs listens too, and is told first: what it leaves is still to be said.
  if (process.listenerCount("SIGINT") === 1) process.exit(130);
  isInterrupted = true;
});

const exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  color: process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "",
  version,
});
// What was begun is told by its own code.
process.exitCode = isInterrupted && exitCode === 2 ? 130 : exitCode;
