import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildImage, buildSlsaV1, type ImageDigests, type OciContent } from "@colophon/testkit";
import { afterAll, beforeAll } from "vitest";
import { runPeer } from "../src/clients/client.ts";
import { commandOf } from "../src/peers.ts";
import { startRegistryBeside, type RegistryBeside, type RegistryName } from "../src/registries/beside.ts";
import { REGISTRIES, type Ways } from "../src/registries/plans.ts";
import { RELEASE, sigstore } from "./ground.ts";
import { digestOf } from "./registry-client.ts";

/** A real registry that tests ask, and whether it is installed. */
export interface Asked {
  readonly name: RegistryName;
  readonly ways: Ways;
  readonly isMissing: boolean;
  /** For titles. */
  readonly skipped: string;
}

export const ASKED: readonly Asked[] = Object.entries(REGISTRIES).map(([name, { peer, ways }]) => {
  const isMissing = !existsSync(commandOf(peer));
  return { name: name as RegistryName, ways, isMissing, skipped: isMissing ? `(skipped: no ${peer})` : "" };
});

/** Those registries where the Sigstore is, for as long as the tests of a file run; their hosts by name. */
export function startBeside(asked: readonly Asked[]): ReadonlyMap<RegistryName, string> {
  const hosts = new Map<RegistryName, string>();
  const running: RegistryBeside[] = [];
  beforeAll(async () => {
    const start = async ({ name }: Asked): Promise<void> => {
      const registry = await startRegistryBeside(sigstore, name);
      running.push(registry);
      hosts.set(name, registry.host);
    };
    await Promise.all(asked.filter(({ isMissing }) => !isMissing).map(start));
  });
  afterAll(async () => void (await Promise.all(running.map((registry) => registry.close()))));
  return hosts;
}

/** A folder with an image for two platforms, as an OCI layout. */
export interface LayoutOnDisk extends ImageDigests {
  readonly folder: string;
  readonly tag: string;
}

export async function makeLayout(parent: string): Promise<LayoutOnDisk> {
  const tag = "1.0.0";
  const { digest, platforms, attestations, ...content } = buildImage("acme/widget", [tag], {
    platforms: ["linux/amd64", "linux/arm64"],
  });
  const folder = join(parent, "layout");
  await writeLayout(folder, content);
  return { folder, tag, digest, platforms, attestations };
}

async function writeLayout(folder: string, { blobs, manifests }: OciContent): Promise<void> {
  await mkdir(join(folder, "blobs/sha256"), { recursive: true });
  const add = async (bytes: Uint8Array): Promise<string> => {
    const digest = digestOf(bytes);
    await writeFile(join(folder, "blobs", digest.replace(":", "/")), bytes);
    return digest;
  };
  for (const blob of blobs) await add(blob);
  const entries = [];
  for (const { bytes, mediaType, tags } of manifests) {
    const entry = { mediaType, digest: await add(bytes), size: bytes.byteLength };
    for (const tag of tags) entries.push({ ...entry, annotations: { "org.opencontainers.image.ref.name": tag } });
  }
  await writeFile(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: entries }));
  await writeFile(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
}

/** Writes provenance of an image as a statement into a folder; its name there. */
export async function writeStatement(folder: string, digest: string): Promise<string> {
  const name = `statement-${digest.slice(7, 19)}.json`;
  const statement = buildSlsaV1({
    subject: [{ name: "acme/widget", digest: { sha256: digest.slice(7) } }],
    buildType: "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
    builderId: `https://github.com/actions/runner/${RELEASE.runner}`,
    run: RELEASE,
  });
  await writeFile(join(folder, name), JSON.stringify(statement));
  return name;
}

/** Copies what a layout has, `folder:tag` or `folder@digest`, byte for byte; `to` is `host/repository:tag`. */
export async function copyLayout(from: string, to: string): Promise<void> {
  await runPeer(sigstore, "oras", ["cp", "--from-oci-layout", "--to-plain-http", from, to]);
}

/** What the list under the fallback tag of a manifest names. */
export async function readFallbackList(repository: string, digest: string): Promise<readonly string[]> {
  const text = await runPeer(sigstore, "crane", [
    "manifest",
    "--insecure",
    `${repository}:${digest.replace(":", "-")}`,
  ]);
  return (JSON.parse(text) as { manifests: { digest: string }[] }).manifests.map((entry) => entry.digest);
}
