import { existsSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  buildAtt,
  buildFallbackIndex,
  buildImage,
  buildReferrer,
  startOciRegistry,
  type OciAuth,
  type OciRegistryOptions,
} from "@colophon/testkit";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { makeCosignKey } from "../src/clients/cosign.ts";
import { commandOf } from "../src/peers.ts";
import { runWell } from "../src/process.ts";
import { REGISTRIES } from "../src/registries/plans.ts";
import { startRegistry } from "../src/registries/start.ts";
import { ask, digestOf, INDEX, MANIFEST } from "./registry-client.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const ACCOUNT = { username: "robot", password: "s3cret" };
const BEARER = { kind: "bearer", ...ACCOUNT } as const;

/** A folder with a bundle and a Docker credential file for that registry, and tools that run there. */
async function makePlace(registry: string, auth?: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(inject("folder"), "registry-tools-"));
  await mkdir(join(folder, ".docker"));
  await writeFile(join(folder, "b.sigstore.json"), "{}\n");
  await writeFile(join(folder, ".docker/config.json"), JSON.stringify({ auths: auth && { [registry]: auth } }));
  const env = { PATH: process.env["PATH"], HOME: folder };
  return {
    crane: async (...args: readonly string[]) =>
      (await runWell([commandOf("crane"), ...args, "--insecure"], { cwd: folder, env })).stdout.trim(),
    oras: async (...args: readonly string[]) =>
      (await runWell([commandOf("oras"), ...args, "--plain-http"], { cwd: folder, env })).stdout,
  };
}

/** Attests with a key and no service, the one way in which cosign needs no network, and has that verified. */
async function attestWithCosign(reference: string, form: "bundle" | "att"): Promise<void> {
  const sigstore = inject("sigstore");
  const folder = await mkdtemp(join(inject("folder"), "cosign-attest-"));
  const key = await makeCosignKey(sigstore, join(folder, "key"));
  await writeFile(join(folder, "predicate.json"), '{"buildDefinition":{},"runDetails":{"builder":{"id":""}}}');
  const env = { PATH: process.env["PATH"], HOME: folder, COSIGN_PASSWORD: "loopback" };
  const cosign = (command: string, ...args: readonly string[]) =>
    runWell([commandOf("cosign"), command, ...args, "--type", "slsaprovenance1", reference], { cwd: folder, env });
  const isBundle = `--new-bundle-format=${form === "bundle"}`;
  const services = ["--use-signing-config=false", "--tlog-upload=false", "--trusted-root", sigstore.trustedRoot];
  await cosign("attest", "--yes", "--key", key.privateKey, isBundle, ...services, "--predicate", "predicate.json");
  await cosign("verify-attestation", "--key", key.publicKey, isBundle, "--insecure-ignore-tlog");
}

const LOGIN = { auth: Buffer.from(`${ACCOUNT.username}:${ACCOUNT.password}`).toString("base64") };

const IMAGE = { platforms: ["linux/amd64", "linux/arm64"], attestations: "oci-artifact" } as const;

test.each<[string, OciRegistryOptions, Readonly<Record<string, string>>?]>([
  ["referrers", {}],
  ["referrers in pages", { link: "unquoted", pageSize: 1 }],
  ["no referrers", { referrers: 404 }],
  ["basic authentication", { auth: { kind: "basic", ...ACCOUNT } }, LOGIN],
  ["tokens", { auth: BEARER }, LOGIN],
  ["tokens of another address", { auth: { ...BEARER, tokenServer: "apart" } }, LOGIN],
  ["a refresh token", { auth: { ...BEARER, identityToken: "1dentity" } }, { auth: "MDA6", identitytoken: "1dentity" }],
])("oras attaches to images of an embedded registry with %s, and finds that", async (_, options, login) => {
  const registry = await startOciRegistry(options);
  onTestFinished(() => registry.close());
  const { oras } = await makePlace(registry.host, login);
  const reference = `${registry.host}/acme/widget:1.0.0`;
  registry.addImage("acme/widget", ["1.0.0", "1.1.0"], IMAGE);
  expect((await oras("repo", "tags", `${registry.host}/acme/widget`)).trim().split("\n")).toEqual(["1.0.0", "1.1.0"]);
  const annotation = "dev.sigstore.bundle.predicateType=https://slsa.dev/provenance/v1";
  for (const kind of [BUNDLE, "application/spdx+json"])
    await oras("attach", "--artifact-type", kind, "--annotation", annotation, reference, `b.sigstore.json:${kind}`);
  const discover = async (...filter: readonly string[]): Promise<string[]> => {
    const found = await oras("discover", "--format", "json", ...filter, reference);
    const { referrers } = JSON.parse(found) as { referrers: { artifactType: string }[] };
    return referrers.map(({ artifactType }) => artifactType).toSorted();
  };
  expect(await discover()).toEqual(["application/spdx+json", BUNDLE]);
  expect(await discover("--artifact-type", BUNDLE)).toEqual([BUNDLE]);
});

test.each<[string, OciRegistryOptions, Readonly<Record<string, string>>?]>([
  ["referrers", {}],
  ["no referrers", { referrers: 404 }],
  ["pages without links", { link: "none", pageSize: 1 }],
  ["basic authentication", { auth: { kind: "basic", ...ACCOUNT } }, LOGIN],
  ["tokens", { auth: BEARER }, LOGIN],
  ["a refresh token", { auth: { ...BEARER, identityToken: "1dentity" } }, { auth: "MDA6", identitytoken: "1dentity" }],
])("crane copies images inside an embedded registry with %s", async (_, options, login) => {
  const registry = await startOciRegistry(options);
  onTestFinished(() => registry.close());
  const { crane } = await makePlace(registry.host, login);
  const { digest } = registry.addImage("acme/widget", ["1.0.0"], IMAGE);
  await crane("copy", `${registry.host}/acme/widget:1.0.0`, `${registry.host}/acme/copy:1.0.0`);
  expect(await crane("digest", `${registry.host}/acme/copy:1.0.0`)).toBe(digest);
  expect(await crane("ls", `${registry.host}/acme/copy`)).toContain("1.0.0");
});

interface PulledManifest {
  readonly config: object;
  readonly layers: readonly [{ readonly digest: string; readonly annotations: Record<string, string> }];
  readonly annotations: Record<string, string>;
}

describe.each(["served", 404] as const)("where the referrers API is %s, cosign", (referrers) => {
  async function attest(form: "bundle" | "att") {
    const registry = await startOciRegistry({ referrers });
    onTestFinished(() => registry.close());
    const { digest } = registry.addImage("acme/widget", ["1.0.0"], IMAGE);
    await attestWithCosign(`${registry.host}/acme/widget@${digest}`, form);
    const get = async (path: string) => (await ask(registry.url, `GET acme/widget/${path}`)).text;
    return { get, digest, tag: digest.replace(":", "-"), size: (await get(`manifests/${digest}`)).length };
  }
  const parse = (bytes: Uint8Array | string | undefined) => JSON.parse(String(Buffer.from(bytes ?? ""))) as unknown;

  test("attaches bundles as the kit builds them, and lists them as it does", async () => {
    const { get, digest, tag, size } = await attest("bundle");
    const list = await get(referrers === "served" ? `referrers/${digest}` : `manifests/${tag}`);
    const index = JSON.parse(list) as { manifests: [{ digest: string; annotations?: object }] };
    const manifest = JSON.parse(await get(`manifests/${index.manifests[0].digest}`)) as PulledManifest;
    const { annotations, layers } = manifest;
    expect(Object.keys(annotations).toSorted()).toEqual([
      "dev.sigstore.bundle.content",
      "dev.sigstore.bundle.predicateType",
      "org.opencontainers.image.created",
    ]);
    const content = await get(`blobs/${layers[0].digest}`);
    const subject = { mediaType: INDEX, digest, size };
    const built = buildReferrer(subject, { artifactType: BUNDLE, content, annotations });
    expect(manifest).toEqual(parse(built.manifests[0]?.bytes));
    const length = JSON.stringify(manifest).length;
    const entry = { mediaType: MANIFEST, digest: index.manifests[0].digest, size: length, artifactType: BUNDLE };
    const told = referrers === "served" ? { ...entry, annotations } : entry;
    expect(index).toEqual(parse(buildFallbackIndex(digest, [told]).manifests[0]?.bytes));
  });

  test("keeps legacy attestations as the kit does", async () => {
    const { get, digest, tag } = await attest("att");
    const { config: _, ...manifest } = JSON.parse(await get(`manifests/${tag}.att`)) as PulledManifest;
    const { predicateType = "" } = manifest.layers[0].annotations;
    const envelope = await get(`blobs/${manifest.layers[0].digest}`);
    const built = buildAtt(digest, [{ envelope, annotations: { predicateType } }]);
    const { config: __, ...expected } = parse(built.manifests[0]?.bytes) as PulledManifest;
    expect(manifest).toEqual(expected);
  });
});

test("neither oras nor crane nor cosign takes 405 for want of the referrers API", async () => {
  const registry = await startOciRegistry({ referrers: 405 });
  onTestFinished(() => registry.close());
  const { crane, oras } = await makePlace(registry.host);
  registry.addImage("acme/widget", ["1.0.0"], IMAGE);
  const reference = `${registry.host}/acme/widget:1.0.0`;
  await expect(oras("discover", reference)).rejects.toThrow("unsupported");
  await expect(crane("copy", reference, `${registry.host}/acme/copy:1.0.0`)).rejects.toThrow("UNSUPPORTED");
  await expect(attestWithCosign(reference, "bundle")).rejects.toThrow("UNSUPPORTED");
});

test.each([
  ["nobody", undefined],
  ["a wrong password", { auth: Buffer.from("robot:wrong").toString("base64") }],
])("an embedded registry with tokens refuses %s", async (_, login) => {
  for (const auth of [BEARER, { kind: "basic", ...ACCOUNT }] satisfies OciAuth[]) {
    const registry = await startOciRegistry({ auth });
    onTestFinished(() => registry.close());
    registry.addImage("acme/widget", ["1.0.0"]);
    const { crane } = await makePlace(registry.host, login);
    await expect(crane("digest", `${registry.host}/acme/widget:1.0.0`)).rejects.toThrow(/UNAUTHORIZED|unauthorized/);
  }
});

// crane takes 405 for a fault, as above.
const reached = Object.entries(REGISTRIES).filter(([, { ways }]) => ways.referrers !== 405);
describe.each(reached)("%s", (_, plan) => {
  const isMissing = !existsSync(commandOf(plan.peer));
  test.skipIf(isMissing)("keeps every byte of an image that crane copies to it and back", async () => {
    const real = await startRegistry(plan);
    onTestFinished(() => real.close());
    const registry = await startOciRegistry();
    onTestFinished(() => registry.close());
    const { crane } = await makePlace(registry.host);
    const there = `${new URL(real.url).host}/acme/widget:1.0.0`;
    registry.addImage("acme/widget", ["1.0.0"], IMAGE);
    await crane("copy", `${registry.host}/acme/widget:1.0.0`, there);
    await crane("copy", there, `${registry.host}/acme/back:1.0.0`);
    for (const { bytes } of buildImage("acme/widget", ["1.0.0"], IMAGE).manifests) {
      const got = await ask(registry.url, `GET acme/back/manifests/${digestOf(bytes)}`);
      expect(got.text).toBe(Buffer.from(bytes).toString());
    }
  });
});
