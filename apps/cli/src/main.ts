import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { run } from "./run.ts";

// A scan makes much garbage that dies at once. Left to itself the young generation grows to tens of megabytes for it,
// which is most of a scan's memory; kept small, it is collected more often at no cost that can be measured in a scan.
if (process.argv[2] === "coverage") setFlagsFromString("--semi-space-growth-factor=1");

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

process.on("SIGINT", () => process.exit(130));
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough closes the pipe: that is no fault, and does not change what was found.
    if (error.code === "EPIPE") return;
    if (stream === process.stdout) process.stderr.write(`colophon: the result cannot be written: ${error.message}\n`);
    process.exit(70);
  });
}

process.exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdout: (text) => void (process.stdout.writable && process.stdout.write(text)),
  stderr: (text) => void (process.stderr.writable && process.stderr.write(text)),
  stdoutIsTerminal: process.stdout.isTTY,
  stderrIsTerminal: process.stderr.isTTY,
  version,
  // The file that is run names every other one by its content's hash.
  build: () =>
    `${version}+${createHash("sha256")
      .update(readFileSync(import.meta.filename))
      .digest("hex")}`,
});
