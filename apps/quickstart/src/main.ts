import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { makeProject, startNpmRegistry, startSigstore, writeTrustedRoot } from "@colophon/testkit";

// The main job, on embedded stand-ins: a small project is published to a registry of its own, and counted.

const root = join(import.meta.dirname, "../../..");
const folder = join(root, "dist/quickstart");
const colophon = join(root, "apps/cli/bin/colophon.js");

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
}

async function run(args: readonly string[]): Promise<Finished> {
  const env = { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: "1" } : {}) };
  const child = spawn(process.execPath, [colophon, ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  return await new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, stdout }));
  });
}

await mkdir(folder, { recursive: true });
const sigstore = await startSigstore();
const registry = await startNpmRegistry({ key: sigstore.registryKey });
try {
  const { packages } = await makeProject(sigstore, registry);
  await writeTrustedRoot(join(folder, "trusted-root.json"), sigstore.trustedRoot);
  await writeFile(join(folder, "registry-keys.json"), JSON.stringify(sigstore.registryKeys));
  const config = {
    trust: { trustedRoot: "trusted-root.json", registryKeys: [{ registry: registry.url, file: "registry-keys.json" }] },
  };
  await writeFile(join(folder, "colophon.config.json"), `${JSON.stringify(config, null, 2)}\n`);
  const names = packages.map(({ name }) => `npm:${name}`);
  const args = ["coverage", ...names, "--registry", registry.url, "--no-cache"];
  process.stdout.write(`\n$ colophon coverage ${names.join(" ")}\n\n`);
  const shown = await run(args);
  process.stdout.write(shown.stdout);
  const json = await run([...args, "--json", "--quiet"]);
  await writeFile(join(folder, "coverage.json"), json.stdout);
  // 3: one version's attestations are advertised and not served, so the count is not complete.
  if (shown.code !== 3 || json.code !== 3) throw new Error(`coverage ended with ${shown.code} and ${json.code}, not 3`);
  process.stdout.write(`
That was a made-up project on an embedded registry and Sigstore; the statuses are real judgements of real signatures.
The same as JSON: ${relative(root, join(folder, "coverage.json"))}

On your own packages (from your npm configuration's registry):
  npx colophon coverage npm:<name>                      every published version
  npx colophon coverage npm:<name> --latest --fail-under 100
  npx colophon coverage npm:<name> --missing            ids of all that are not verified
  npx colophon verify npm:<name>@<version>              one version, and why not
`);
} finally {
  await registry.close();
  await sigstore.close();
}
