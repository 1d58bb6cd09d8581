import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import {
  buildNpmProvenance,
  seedTufCache,
  serveTuf,
  startGitHubJob,
  startNpmRegistry,
  startSigstore,
  startTlsProxy,
  toIntegrity,
  type EmbeddedNpmRegistry,
  type EmbeddedSigstore,
  type NpmRegistryOptions,
  type TlsProxy,
  type TufRepository,
} from "../../src/index.ts";
import { getJson } from "../get-json.ts";
import { verifyBundle } from "../sigstore/verify.ts";

const exec = promisify(execFile);
const run = {
  repository: "acme/widget",
  ref: "refs/tags/v1.0.0",
  sha: "a".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "42",
} as const;
const signer = "https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v1.0.0";
const manifest = {
  name: "@acme/widget",
  version: "1.0.0",
  repository: { type: "git", url: "git+https://github.com/acme/widget.git" },
};

let sigstore: EmbeddedSigstore;
let tuf: TufRepository;
let proxy: TlsProxy;
beforeAll(async () => {
  sigstore = await startSigstore();
  tuf = await serveTuf({ "trusted_root.json": JSON.stringify(sigstore.trustedRoot) });
  proxy = await startTlsProxy({
    "fulcio.sigstore.dev": sigstore.url,
    "rekor.sigstore.dev": sigstore.url,
    "tuf-repo-cdn.sigstore.dev": tuf.url,
  });
});
afterAll(async () => {
  await Promise.all([proxy.close(), tuf.close(), sigstore.close()]);
});

/** A registry, and an npm that works in a package's folder with that registry, in a job on GitHub. */
async function prepare(options: NpmRegistryOptions, token?: string) {
  const registry = await startNpmRegistry({ sigstore, ...options });
  const job = await startGitHubJob(run);
  const folder = await mkdtemp(join(tmpdir(), "testkit-npm-"));
  onTestFinished(async () => {
    await Promise.all([registry.close(), job.close(), rm(folder, { recursive: true })]);
  });
  const auth = token === undefined ? "" : `//${new URL(registry.url).host}/:_authToken=${token}\n`;
  await writeFile(join(folder, ".npmrc"), `registry=${registry.url}/\n${auth}`);
  const npm = async (args: readonly string[], version = manifest.version) => {
    await writeFile(join(folder, "package.json"), JSON.stringify({ ...manifest, version }));
    const home = { HOME: folder, npm_config_cache: join(folder, "cache"), npm_config_update_notifier: "false" };
    const env = { PATH: process.env["PATH"], ...home, ...proxy.env, ...job.env };
    return exec("npm", [...args], { cwd: folder, env });
  };
  return { registry, npm, folder };
}

async function attestationsOf(registry: EmbeddedNpmRegistry, version: string) {
  const packument = await getJson(`${registry.url}/@acme%2fwidget`);
  const { dist } = packument.versions[version];
  return { packument, dist, listed: (await getJson(dist.attestations.url)).attestations };
}

test("npm publish --provenance signs with the embedded Sigstore and publishes to the embedded registry", async () => {
  const { registry, npm } = await prepare({ publishToken: "t0ken" }, "t0ken");
  await npm(["publish", "--provenance", "--access=public"]);
  const { packument, dist, listed } = await attestationsOf(registry, "1.0.0");
  expect(packument["dist-tags"]).toEqual({ latest: "1.0.0" });
  expect(dist.attestations.provenance).toEqual({ predicateType: "https://slsa.dev/provenance/v1" });
  const tarball = Buffer.from(await (await fetch(dist.tarball)).arrayBuffer());
  expect(toIntegrity(tarball)).toBe(dist.integrity);
  expect(registry.publications[0]?.tarball.equals(tarball)).toBe(true);
  const [publish, provenance] = listed.map(({ bundle }: { bundle: never }) => verifyBundle(sigstore, bundle));
  expect(publish.identity).toBeUndefined();
  expect(provenance.identity?.subjectAlternativeName).toBe(signer);
  expect(proxy.requests.map(({ host }) => host)).toEqual(["fulcio.sigstore.dev", "rekor.sigstore.dev"]);
});

test("npm publishes without a token where a publisher is trusted, with provenance by itself", async () => {
  const { registry, npm } = await prepare({
    publishToken: "t0ken",
    trustedPublishers: [manifest.name],
    packages: [{ name: manifest.name, versions: [{ version: "0.9.0" }] }],
  });
  await npm(["publish"]);
  const { packument, listed } = await attestationsOf(registry, "1.0.0");
  expect(packument.versions["1.0.0"]._npmUser.trustedPublisher).toMatchObject({ id: "github" });
  expect(verifyBundle(sigstore, listed[1].bundle).identity?.subjectAlternativeName).toBe(signer);
});

test("npm publishes with a provenance file that the embedded Sigstore signed, for the very tarball alone", async () => {
  const { registry, npm, folder } = await prepare({ publishToken: "t0ken" }, "t0ken");
  await npm(["pack"]);
  const tarball = await readFile(join(folder, "acme-widget-1.0.0.tgz"));
  const sha512 = createHash("sha512").update(tarball).digest("hex");
  const publish = async (signed: EmbeddedSigstore, digest: string) => {
    const statement = buildNpmProvenance({ name: manifest.name, version: "1.0.0", sha512: digest }, run);
    const bundle = JSON.stringify(await signed.attest({ statement, identity: run }));
    await writeFile(join(folder, "bundle.json"), bundle);
    await npm(["publish", "acme-widget-1.0.0.tgz", "--access=public", "--provenance-file=bundle.json"]);
    return bundle;
  };
  await expect(publish(sigstore, sha512)).rejects.toThrow(/TUF/u);
  await seedTufCache(folder, tuf);
  await expect(publish(sigstore, "0".repeat(128))).rejects.toThrow(/digest does not match/u);
  const other = await startSigstore();
  onTestFinished(() => other.close());
  await expect(publish(other, sha512)).rejects.toThrow(/certificate|untrusted|verif/iu);
  expect(registry.publications).toEqual([]);
  const bundle = await publish(sigstore, sha512);
  expect(registry.publications).toMatchObject([{ bundle }]);
});

test("npm is refused without a token, with a wrong one, and over a version that is there", async () => {
  const strangers = await prepare({ publishToken: "t0ken" });
  await expect(strangers.npm(["publish"])).rejects.toThrow(/ENEEDAUTH/u);
  const wrong = await prepare({ publishToken: "t0ken" }, "other");
  await expect(wrong.npm(["publish"])).rejects.toThrow(/E401/u);
  const right = await prepare({ publishToken: "t0ken" }, "t0ken");
  await right.npm(["publish"]);
  // Forced, npm leaves the question to the registry.
  await expect(right.npm(["publish", "--force"])).rejects.toThrow(
    /E403[\s\S]+You cannot publish over the previously published versions: 1\.0\.0/u,
  );
});

test("npm asks who it is, pings and moves dist-tags", async () => {
  const { registry, npm } = await prepare({ publishToken: "t0ken" }, "t0ken");
  await npm(["publish", "--tag=next"]);
  expect((await npm(["whoami"])).stdout.trim()).toBe("acme");
  await npm(["ping"]);
  await npm(["dist-tag", "add", "@acme/widget@1.0.0", "beta"]);
  await npm(["dist-tag", "rm", "@acme/widget", "next"]);
  expect((await npm(["dist-tag", "ls", "@acme/widget"])).stdout.trim().split("\n")).toEqual([
    "beta: 1.0.0",
    "latest: 1.0.0",
  ]);
  expect((await getJson(`${registry.url}/@acme%2fwidget`))["dist-tags"]).toEqual({ latest: "1.0.0", beta: "1.0.0" });
});
