import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import {
  makeProject,
  startGitHubJob,
  startNpmRegistry,
  startOciRegistry,
  startSigstore,
  startTlsProxy,
  writeTrustedRoot,
} from "@colophon/testkit";
import { run, type Finished } from "./process.ts";
import { commit, pushImages, runAt, writeProject } from "./release.ts";

// The main job, on embedded stand-ins: a small project makes a release, and everything that it ever published is counted.

const root = join(import.meta.dirname, "../../..");
const folder = join(root, "dist/quickstart");
const COMMANDS = {
  colophon: join(root, "apps/cli/bin/colophon.js"),
  "colophon-container-push": join(root, "plugins/container-push/bin/colophon-container-push.js"),
  "colophon-npm-publish": join(root, "plugins/npm-publish/bin/colophon-npm-publish.js"),
};

/** Runs a command, and fails unless it ends with that code. */
async function mustEnd(
  code: number,
  command: keyof typeof COMMANDS,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Finished> {
  const colors = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
  // Else the user's own registry, where the environment names one, would go before that of the project.
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_config_registry$/i.test(name));
  const all = { ...Object.fromEntries(kept), ...colors, ...env };
  const finished = await run(process.execPath, [COMMANDS[command], ...args], { cwd: folder, env: all });
  if (finished.code !== code)
    throw new Error(`${command} ended with ${finished.code}, not ${code}: ${finished.stdout}`);
  return finished;
}

await writeProject(folder);
const sigstore = await startSigstore();
const registry = await startNpmRegistry({ sigstore, publishToken: "made-up" });
const images = await startOciRegistry();
const job = await startGitHubJob(runAt(await commit(folder)));
const { url } = sigstore;
// npm itself knows the public-good instance alone; what it asks there, the embedded one answers.
const proxy = await startTlsProxy({ "fulcio.sigstore.dev": url, "rekor.sigstore.dev": url });
try {
  const { packages } = await makeProject(sigstore, registry);
  await writeTrustedRoot(join(folder, "trusted-root.json"), sigstore.trustedRoot);
  await writeFile(join(folder, "registry-keys.json"), JSON.stringify(sigstore.registryKeys));
  const config = {
    trust: { trustedRoot: "trusted-root.json", registryKeys: [{ registry: registry.url, file: "registry-keys.json" }] },
    sign: { fulcio: url, rekor: url, timestamp: `${url}/api/v1/timestamp` },
  };
  await writeFile(join(folder, "colophon.config.json"), `${JSON.stringify(config, null, 2)}\n`);
  const token = `${registry.url.replace(/^http:/, "")}/:_authToken=made-up`;
  await writeFile(join(folder, ".npmrc"), `registry=${registry.url}/\n${token}\n`);

  const publish = ["--", "npm", "publish", "--workspaces"];
  process.stdout.write(`\n$ colophon-npm-publish ${publish.join(" ")}     # in the release job\n\n`);
  process.stdout.write((await mustEnd(0, "colophon-npm-publish", publish, { ...job.env, ...proxy.env })).stdout);

  const metadata = pushImages(images, "acme/widget");
  await writeFile(join(folder, "metadata.json"), JSON.stringify(metadata));
  const push = ["--metadata-file", "metadata.json"];
  process.stdout.write(`\n$ colophon-container-push ${push.join(" ")}     # after docker buildx build --push\n\n`);
  process.stdout.write((await mustEnd(0, "colophon-container-push", push, job.env)).stdout);

  const names = [...packages.map(({ name }) => `npm:${name}`), `oci://${images.host}/acme/widget`];
  const args = ["coverage", ...names, "--no-cache"];
  process.stdout.write(`\n$ colophon coverage ${names.join(" ")}\n\n`);
  // 3: one version's attestations are advertised and not served, so the count is not complete.
  process.stdout.write((await mustEnd(3, "colophon", args)).stdout);
  const json = await mustEnd(3, "colophon", [...args, "--json", "--quiet"]);
  await writeFile(join(folder, "coverage.json"), json.stdout);
  process.stdout.write(`
That was a made-up project on embedded registries and an embedded Sigstore; npm, signatures and judgements are real.
What was signed: ${relative(root, join(folder, "dist/colophon"))}, the count as JSON: ${relative(root, join(folder, "coverage.json"))}

On your own packages and images (from your npm configuration's registry, with the logins of Docker and Podman):
  npx colophon coverage npm:<name> oci://<registry>/<name>   every published version and image
  npx colophon coverage npm:<name> --latest --fail-under 100
  npx colophon coverage npm:<name> --missing            ids of all that are not verified
  npx colophon verify npm:<name>@<version>              one version, and why not
In a job that may ask for an id-token:
  npx colophon attest 'dist/*.tgz'                      signs provenance of files
  npx colophon-npm-publish --dry-run                    shows what would be published, and signed of it
  npx colophon-container-push --dry-run <image>         shows what would be signed of an image, and attached to it
`);
} finally {
  await Promise.all([registry.close(), images.close(), sigstore.close(), job.close(), proxy.close()]);
}
