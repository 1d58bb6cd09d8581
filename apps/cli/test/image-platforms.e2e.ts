import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CoverageResult, JudgedMember, VerifyResult } from "@colophon/core";
import { buildImage, type ImageOptions, type OciContent, type OciRegistryOptions } from "@colophon/testkit";
import { describe, expect, test } from "vitest";
import { BUNDLE, openRegistry, SOURCE, verdict, type RegistryWorld } from "./registry-world.ts";

const AMD64 = "linux/amd64";

/** Attaches a proof of its own to each of them, by a fallback list where there is no referrers API. */
async function attach(
  { registry, prove }: RegistryWorld,
  digests: readonly string[],
  isListed: boolean,
): Promise<void> {
  for (const digest of digests) {
    const attached = registry.addReferrer("acme/widget", digest, {
      artifactType: BUNDLE,
      content: await prove(digest),
    });
    if (isListed) registry.addFallbackTag("acme/widget", digest, [attached]);
  }
}

const statuses = (members: readonly JudgedMember[] | undefined): unknown =>
  Object.fromEntries((members ?? []).map(({ platform, status }) => [platform ?? "none", status]));

interface Row {
  readonly proven: (world: RegistryWorld) => readonly string[];
  readonly image?: ImageOptions;
  readonly status: VerifyResult["status"];
  readonly provenBy?: VerifyResult["provenBy"];
  readonly members: Readonly<Record<string, string>>;
  readonly code?: string;
  readonly says: string;
}

const both = ({ image }: RegistryWorld): readonly string[] => Object.values(image.platforms);

describe.each<[string, OciRegistryOptions]>([
  ["the referrers API", {}],
  ["fallback tags", { referrers: 404 }],
])("an image index in a registry with %s", (_, options) => {
  test.each<[string, Row]>([
    [
      "each of whose platforms is proven is verified",
      {
        proven: both,
        status: "verified",
        provenBy: "platforms",
        members: { "linux/amd64": "verified", "linux/arm64": "verified" },
        says: "each of its platforms",
      },
    ],
    [
      "one of whose platforms is proven is not, and the other is named",
      {
        proven: (world) => both(world).slice(0, 1),
        status: "missing",
        members: { "linux/amd64": "verified", "linux/arm64": "missing" },
        code: "no-provenance",
        says: "nothing proves linux/arm64",
      },
    ],
    [
      "that is proven itself is verified, and nothing is said of its platforms",
      {
        proven: ({ image }) => [image.digest],
        status: "verified",
        provenBy: "index",
        members: { "linux/amd64": "missing", "linux/arm64": "missing" },
        says: "the index itself",
      },
    ],
    [
      "with BuildKit's unsigned attestations is as they are",
      {
        proven: () => [],
        image: { attestations: "image-config" },
        status: "present",
        members: { "linux/amd64": "present", "linux/arm64": "present" },
        code: "attestation-unsigned",
        says: "linux/amd64, linux/arm64: ",
      },
    ],
  ])("%s", async (__, row) => {
    const world = await openRegistry(options, row.image);
    await attach(world, row.proven(world), options.referrers !== undefined);
    const exit = row.status === "verified" ? 0 : 1;

    const verified = await world.run("verify", `${world.name}:1.4.0`, ...SOURCE, "--json");
    const result = verdict(verified);
    expect([verified.code, result.status, result.provenBy]).toEqual([exit, row.status, row.provenBy]);
    expect(statuses(result.members)).toEqual(row.members);
    expect(result.failure?.code).toBe(row.code);
    expect(result.level).toBe(exit === 0 ? 2 : null);

    const counted = await world.run("coverage", world.name, ...SOURCE, "--fail-under", "100", "--json");
    const { summary, objects } = JSON.parse(counted.stdout) as CoverageResult;
    expect(counted.code).toBe(exit);
    expect(summary).toMatchObject({ objects: 1, [row.status]: 1 });
    expect(objects).toMatchObject([{ status: row.status, visibleTo: { cosign: row.provenBy === "index" } }]);
    expect([objects[0]?.provenBy, statuses(objects[0]?.members)]).toEqual([row.provenBy, row.members]);

    const text = (await world.run("coverage", world.name, ...SOURCE)).stdout;
    expect(text).toContain(row.says);
    expect(text).toMatch(/^ {4}linux\/amd64 .*\n {4}linux\/arm64 /m);
  });
});

/** An index of amd64 with what BuildKit says of it, and of wasm without a platform. */
function buildIndex(): OciContent & { readonly digests: Readonly<Record<"index" | "amd64" | "wasm", string>> } {
  const buildKit = buildImage("acme/field", [], { platforms: [AMD64], attestations: "image-config" });
  const wasm = buildImage("acme/field", [], { text: "wasm" });
  const manifests = [...buildKit.manifests.slice(0, -1), ...wasm.manifests];
  const index = JSON.parse(Buffer.from(buildKit.manifests.at(-1)?.bytes ?? []).toString()) as { manifests: object[] };
  index.manifests.splice(1, 0, {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: wasm.digest,
    size: wasm.manifests[0]?.bytes.byteLength,
  });
  const bytes = Buffer.from(JSON.stringify(index));
  const listed = { mediaType: "application/vnd.oci.image.index.v1+json", bytes, tags: ["1.4.0", "latest"] };
  return {
    blobs: [...buildKit.blobs, ...wasm.blobs],
    manifests: [...manifests, listed],
    digests: { index: digestOf(bytes), amd64: buildKit.platforms[AMD64] ?? "", wasm: wasm.digest },
  };
}

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

test("what is about an index is neither platform nor image, and BuildKit's is unsigned (oci-not-platforms-not-tags)", async () => {
  const { registry, name, run } = await openRegistry();
  const { digests, ...content } = buildIndex();
  registry.add("acme/field", content);
  const hex = digests.index.slice("sha256:".length);
  for (const ending of ["", ".sig", ".att", ".sbom"])
    registry.addImage("acme/field", [`sha256-${hex}${ending}`], { text: `about${ending}` });
  registry.addImage("acme/field", ["sha256-notes"]);
  const { stdout } = await run("coverage", name.replace("widget", "field"), ...SOURCE, "--json");
  const { summary, objects } = JSON.parse(stdout) as CoverageResult;
  expect(summary).toMatchObject({ objects: 2, present: 1, missing: 1 });
  const index = objects.find(({ members }) => members !== undefined);
  expect(index?.locations.map((location) => location.replace(/^.*field/, ""))).toEqual([
    `@${digests.index}`,
    ":1.4.0",
    ":latest",
  ]);
  expect(index).toMatchObject({ status: "present", reason: { code: "attestation-unsigned" } });
  const sha256 = (digest: string): object => ({ sha256: digest.slice("sha256:".length) });
  expect(index?.members).toMatchObject([
    { platform: AMD64, digest: sha256(digests.amd64), status: "present", reason: { code: "attestation-unsigned" } },
    { platform: null, digest: sha256(digests.wasm), status: "missing", evidence: [] },
  ]);
  expect(objects.find(({ members }) => members === undefined)?.locations[1]).toMatch(/:sha256-notes$/);
});

test("an index of too many images is judged by its own proof, which is told", async () => {
  const platforms = Array.from({ length: 257 }, (_, index) => `linux/a${index}`);
  const { name, run } = await openRegistry({}, { platforms });
  const warning = { code: "platforms-too-many" };
  const verified = verdict(await run("verify", name, ...SOURCE, "--json"));
  expect(verified).toMatchObject({ status: "missing", warnings: [warning] });
  expect(verified).not.toHaveProperty("members");
  const counted = await run("coverage", name, ...SOURCE, "--json");
  expect(JSON.parse(counted.stdout)).toMatchObject({ complete: true, warnings: [warning] });
});

test("an index in a layout is judged by its platforms too, and by a bundle that names them", async () => {
  const { folder, prove, run } = await openRegistry();
  const { digests, ...content } = buildIndex();
  await writeLayout(join(folder, "layout"), content);
  const alone = await run("verify", "oci-layout:layout", ...SOURCE, "--json");
  expect([alone.code, statuses(verdict(alone).members)]).toEqual([1, { [AMD64]: "present", none: "missing" }]);
  await writeFile(join(folder, "bundle.json"), await prove(digests.amd64, digests.wasm));
  const handed = await run("verify", "oci-layout:layout", "--bundle", "bundle.json", ...SOURCE, "--json");
  expect([handed.code, verdict(handed).provenBy]).toEqual([0, "platforms"]);
  await writeFile(join(folder, "bundle.json"), await prove(digests.amd64));
  const partly = await run("verify", "oci-layout:layout", "--bundle", "bundle.json", ...SOURCE, "--json");
  expect([partly.code, statuses(verdict(partly).members)]).toEqual([1, { [AMD64]: "verified", none: "missing" }]);
});

async function writeLayout(folder: string, { blobs, manifests }: OciContent): Promise<void> {
  await mkdir(join(folder, "blobs/sha256"), { recursive: true });
  const named = manifests.at(-1);
  for (const bytes of [...blobs, ...manifests.map((manifest) => manifest.bytes)])
    await writeFile(join(folder, "blobs", digestOf(bytes).replace(":", "/")), bytes);
  const root = {
    mediaType: named?.mediaType,
    digest: digestOf(named?.bytes ?? Buffer.of()),
    size: named?.bytes.length,
  };
  await writeFile(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [root] }));
  await writeFile(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
}
