// Installs what package-lock.json names, unless npm has done so since it last changed, and builds the command.
// Says nothing on stdout, and shows what ran only where it failed. What else is given is then run on the Node that was
// installed: the shell that called this script may have looked up another one.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";

const timeOf = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function run(command, args, hint) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  process.stderr.write(
    `${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}\n${command} ${args[0]} failed. ${hint}\n`,
  );
  process.exit(status ?? 1);
}

if (timeOf("node_modules/.package-lock.json") < timeOf("package-lock.json")) {
  process.stderr.write("Installing dependencies …\n");
  run("npm", ["ci", "--no-audit", "--no-fund"], "Can the npm registry of your npm configuration be reached?");
}
process.stderr.write("Building …\n");
run("npx", ["turbo", "run", "build", "--no-update-notifier"], "What it printed is above.");

const [, , ...script] = process.argv;
if (script.length > 0) {
  const { status } = spawnSync("npx", ["node", "--conditions=@colophon/source", ...script], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  process.exitCode = status ?? 1;
}
