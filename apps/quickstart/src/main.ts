import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { makeProject, startGitHubJob, startNpmRegistry, startSigstore, writeTrustedRoot } from "@colophon/testkit";
import { run, type Finished } from "./process.ts";
import { commit, mustEnd, pack, publish, runAt } from "./release.ts";

// The main job, on embedded stand-ins: a small project makes a release, and everything that it ever published is counted.

const root = join(import.meta.dirname, "../../..");
const folder = join(root, "dist/quickstart");

async function colophon(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const colors = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
  const command = join(root, "apps/cli/bin/colophon.js");
  return await run(process.execPath, [command, ...args], { cwd: folder, env: { ...process.env, ...colors, ...env } });
}

await mkdir(folder, { recursive: true });
const subjects = await pack(folder);
const sigstore = await startSigstore();
const registry = await startNpmRegistry({ key: sigstore.registryKey });
const job = await startGitHubJob(runAt(await commit(folder)));
try {
  const { packages } = await makeProject(sigstore, registry);
  await writeTrustedRoot(join(folder, "trusted-root.json"), sigstore.trustedRoot);
  await writeFile(join(folder, "registry-keys.json"), JSON.stringify(sigstore.registryKeys));
  const config = {
    trust: { trustedRoot: "trusted-root.json", registryKeys: [{ registry: registry.url, file: "registry-keys.json" }] },
    sign: { fulcio: sigstore.url, rekor: sigstore.url, timestamp: `${sigstore.url}/api/v1/timestamp` },
  };
  await writeFile(join(folder, "colophon.config.json"), `${JSON.stringify(config, null, 2)}\n`);

  process.stdout.write(
    "\n$ colophon attest --subject <purl>=<digest> …     # in the release job, before npm publish\n\n",
  );
  const named = subjects.flatMap((subject) => ["--subject", subject]);
  process.stdout.write((await mustEnd(0, await colophon(["attest", ...named], job.env))).stdout);
  await publish(folder, registry, sigstore);

  const names = packages.map(({ name }) => `npm:${name}`);
  const args = ["coverage", ...names, "--registry", registry.url, "--no-cache"];
  process.stdout.write(`\n$ colophon coverage ${names.join(" ")}\n\n`);
  // 3: one version's attestations are advertised and not served, so the count is not complete.
  process.stdout.write((await mustEnd(3, await colophon(args))).stdout);
  const json = await mustEnd(3, await colophon([...args, "--json", "--quiet"]));
  await writeFile(join(folder, "coverage.json"), json.stdout);
  process.stdout.write(`
That was a made-up project on an embedded registry and Sigstore; signatures and judgements are real.
What was signed: ${relative(root, join(folder, "dist/colophon"))}, the count as JSON: ${relative(root, join(folder, "coverage.json"))}

On your own packages (from your npm configuration's registry):
  npx colophon coverage npm:<name>                      every published version
  npx colophon coverage npm:<name> --latest --fail-under 100
  npx colophon coverage npm:<name> --missing            ids of all that are not verified
  npx colophon verify npm:<name>@<version>              one version, and why not
  npx colophon attest 'dist/*.tgz'                      in a job that may ask for an id-token
`);
} finally {
  await Promise.all([registry.close(), sigstore.close(), job.close()]);
}
