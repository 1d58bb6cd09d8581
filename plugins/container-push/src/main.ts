import { createRequire } from "node:module";
import { run } from "./run.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

process.on("SIGINT", () => process.exit(130));

process.exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  color: process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "",
  version,
});
