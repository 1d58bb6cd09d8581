import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { run } from "./run.ts";

// A scan makes much garbage that dies at once. Left to itself the young generation grows to tens of megabytes for it,
// which is most of a scan's memory; kept small, it is collected more often at no cost that can be measured.
setFlagsFromString("--semi-space-growth-factor=1");

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

process.on("SIGINT", () => process.exit(130));
// A reader that has seen enough closes the pipe; that is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  stdoutIsTerminal: process.stdout.isTTY,
  stderrIsTerminal: process.stderr.isTTY,
  version,
});
