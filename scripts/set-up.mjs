// Installs what package-lock.json names, unless exactly that is installed already.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const stamp = "node_modules/.colophon-installed";
const wanted = readFileSync("package-lock.json", "utf8");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  console.error("Installing dependencies (first run only) …");
  const install = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (install.status !== 0) {
    console.error("npm ci failed. Check that the npm registry of your npm configuration can be reached.");
    process.exit(install.status ?? 1);
  }
  writeFileSync(stamp, wanted);
}
