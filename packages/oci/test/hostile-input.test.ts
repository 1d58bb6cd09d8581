import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Answer } from "@colophon/core";
import { assertNoPollution, damagedBytes, hostileJson, mutatedJson } from "@colophon/testkit/hostile";
import fc from "fast-check";
import { expect, test } from "vitest";
import { attToBundle } from "../src/att-to-bundle.ts";
import { createLayoutStore, listImages, OciError, openLayout, type ImageList } from "../src/index.ts";
import { parseManifest } from "../src/manifest.ts";
import { collect } from "./collect.ts";
import {
  DSSE,
  envelopeFor,
  IMAGE_CONFIG,
  IMAGE_INDEX,
  makeLayout,
  refName,
  type LayoutFolder,
} from "./layout-folder.ts";

const ANNOTATIONS = {
  "dev.sigstore.cosign/bundle": JSON.stringify({
    SignedEntryTimestamp: "c2ln",
    Payload: { body: "e30=", integratedTime: 1_700_000_000, logIndex: 5, logID: "ab".repeat(32) },
  }),
  "dev.sigstore.cosign/certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  "dev.sigstore.cosign/chain": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  "dev.sigstore.cosign/rfc3161timestamp": '{"SignedRFC3161Timestamp":"AAAA"}',
  predicateType: "https://slsa.dev/provenance/v1",
};

/** A layout of an image and of cosign's attestations of it, as it should be. */
async function makeSigned(): Promise<{ layout: LayoutFolder; index: object; manifest: object }> {
  const layout = await makeLayout();
  const image = await layout.addImage("widget", refName("1.0.0"));
  const layer = await layout.add(envelopeFor(image.digest), DSSE, ANNOTATIONS);
  const config = await layout.add({}, IMAGE_CONFIG);
  const manifest = { schemaVersion: 2, config, layers: [layer], subject: image, annotations: { a: "b" } };
  const att = await layout.add(manifest, "application/vnd.oci.image.manifest.v1+json");
  const tag = refName(`${image.digest.replace(":", "-")}.att`);
  const index = { schemaVersion: 2, mediaType: IMAGE_INDEX, manifests: [image, { ...att, annotations: tag }] };
  return { layout, index, manifest };
}

/** What a folder holds, with what lies beside each image; or why it is no layout. */
async function readAll({ folder }: LayoutFolder): Promise<{ list: ImageList; answers: readonly Answer[] } | string> {
  try {
    const layout = await openLayout(folder);
    const list = await listImages(layout);
    const answers = await collect(createLayoutStore(layout).find(list.objects));
    expect(answers).toHaveLength(list.objects.length);
    assertNoPollution([list, answers]);
    return { list, answers };
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof OciError)) throw error;
  expect(error.message.length).toBeLessThan(1000);
  return error.code;
}

test("reads or refuses every mutation of a layout's index", async () => {
  const { layout, index } = await makeSigned();
  const property = fc.asyncProperty(mutatedJson(index), async (text) => {
    await writeFile(join(layout.folder, "index.json"), text);
    await readAll(layout);
  });
  await fc.assert(property, { numRuns: 80 });
});

test("reads or refuses every mutation of a manifest of attestations", async () => {
  const { layout, index, manifest } = await makeSigned();
  const [image] = (index as { manifests: object[] }).manifests;
  const property = fc.asyncProperty(mutatedJson(manifest), async (text) => {
    await layout.writeIndex([image, await layout.add(text, "application/vnd.oci.image.manifest.v1+json")]);
    await readAll(layout);
  });
  await fc.assert(property, { numRuns: 80 });
});

test("reads or refuses any JSON as a manifest, and a manifest that is damaged", async () => {
  const { index, manifest } = await makeSigned();
  const wholes = [index, manifest].map((whole) => damagedBytes(Buffer.from(JSON.stringify(whole))));
  const bytes = fc.oneof(
    hostileJson.map((text) => Buffer.from(text)),
    ...wholes,
  );
  const property = fc.property(bytes, (read) => {
    try {
      assertNoPollution(parseManifest(read, "it"));
    } catch (error) {
      expect(["MANIFEST_INVALID", "DESCRIPTOR_INVALID"]).toContain(codeOf(error));
    }
  });
  fc.assert(property, { numRuns: 500 });
});

test("makes a bundle of any envelope and annotations, or leaves the envelope as it is", () => {
  const envelope = envelopeFor(`sha256:${"a".repeat(64)}`);
  const changed = fc.constantFrom(...Object.keys(ANNOTATIONS));
  const text = fc.oneof(mutatedJson(JSON.parse(ANNOTATIONS["dev.sigstore.cosign/bundle"])), hostileJson, fc.string());
  const property = fc.property(mutatedJson(envelope), changed, text, (layer, name, written) => {
    const bundle = Buffer.from(attToBundle(Buffer.from(layer), { ...ANNOTATIONS, [name]: written })).toString("utf8");
    if (bundle !== layer) assertNoPollution(JSON.parse(bundle));
  });
  fc.assert(property, { numRuns: 500 });
});

const DIGEST = `sha256:${"a".repeat(64)}`;
const entry = (change: object): string =>
  JSON.stringify({ mediaType: IMAGE_INDEX, digest: DIGEST, size: 2, ...change });
const indexOf = (...entries: string[]): string => `{"manifests":[${entries.join(",")}]}`;
const manifestOf = (...layers: string[]): string => `{"config":${entry({})},"layers":[${layers.join(",")}]}`;

// Each has its outcome, and none may take longer than the whole test may.
test.each<[string, string, string]>([
  ["10,000 manifests", indexOf(...Array<string>(10_000).fill(entry({}))), "index"],
  ["10,001 manifests", indexOf(...Array<string>(10_001).fill("0")), "TOO_LARGE"],
  ["1001 layers", manifestOf(...Array<string>(1001).fill("0")), "TOO_LARGE"],
  ["a hundred thousand levels", `{"manifests":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, "MANIFEST_INVALID"],
  ["a list of either kind", `{"manifests":[],"layers":[],"config":${entry({})}}`, "MANIFEST_INVALID"],
  ["two lists", '{"manifests":[],"manifests":[]}', "MANIFEST_INVALID"],
  ["a prototype of a layout", `{"manifests":[],"__proto__":{"layers":[]}}`, "MANIFEST_INVALID"],
  ["a kind that objects have", `{"manifests":[],"mediaType":"constructor"}`, "MANIFEST_INVALID"],
  ["a size that is too large", indexOf(entry({}).replace('"size":2', '"size":1e999')), "DESCRIPTOR_INVALID"],
  ["a size below nothing", indexOf(entry({ size: -1 })), "DESCRIPTOR_INVALID"],
  ["a size in text", indexOf(entry({ size: "2" })), "DESCRIPTOR_INVALID"],
  ["a digest that leads elsewhere", indexOf(entry({ digest: "sha256:../../../etc/passwd" })), "DESCRIPTOR_INVALID"],
  ["a digest in capitals", indexOf(entry({ digest: DIGEST.toUpperCase() })), "DESCRIPTOR_INVALID"],
  ["a digest of another length", indexOf(entry({ digest: `sha256:${"a".repeat(128)}` })), "DESCRIPTOR_INVALID"],
  ["a digest of 10 MB", indexOf(entry({ digest: `sha256:${"a".repeat(10_000_000)}` })), "DESCRIPTOR_INVALID"],
])("has one right outcome: %s", (_, text, outcome) => {
  let found: string;
  try {
    found = parseManifest(Buffer.from(text), "it").kind;
  } catch (error) {
    found = codeOf(error);
  }
  expect(found).toBe(outcome);
});
