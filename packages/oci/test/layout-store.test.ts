import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Answer, Proof, ReleaseObject } from "@colophon/core";
import { expect, test } from "vitest";
import { digestOf } from "../src/digest.ts";
import { openLayout, type Layout } from "../src/layout.ts";
import { createLayoutStore } from "../src/layout-store.ts";
import { INTERMEDIATE } from "./certificates.ts";
import { collect } from "./collect.ts";
import { addIndex, DSSE, envelopeFor, makeLayout, refName, type LayoutFolder } from "./layout-folder.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const ARTIFACT = { artifactType: BUNDLE };

function objectOf(digest: string): ReleaseObject {
  const [algorithm = "", hex = ""] = digest.split(":");
  return {
    id: `pkg:oci/widget@${digest}`,
    channels: ["oci"],
    locations: [],
    digest: { [algorithm]: hex },
    digestFrom: "bytes",
    name: "widget",
    version: digest,
    publishedAt: null,
    tags: [],
    declaredRepository: null,
    deprecated: null,
  };
}

async function findIn(layout: Layout, objects: readonly ReleaseObject[]): Promise<readonly Answer[]> {
  return await collect(createLayoutStore(layout).find(objects));
}

async function find(written: LayoutFolder, digest: string): Promise<Answer | undefined> {
  return (await findIn(await openLayout(written.folder), [objectOf(digest)]))[0];
}

async function proofs(written: LayoutFolder, digest: string): Promise<readonly Proof[]> {
  const answer = await find(written, digest);
  expect(answer?.status).toBe("answered");
  return answer?.status === "answered" ? answer.found : [];
}

function attName(digest: string): Record<string, string> {
  return refName(`sha256-${digest.slice(7)}.att`);
}

async function lose(written: LayoutFolder, digest: string): Promise<void> {
  await rm(join(written.folder, "blobs", digest.replace(":", "/")));
}

test("finds every layer of cosign's .att manifest as a proof filed under the image", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image", refName("1.4.0"));
  const bare = await layout.add(envelopeFor(image.digest), DSSE);
  const annotations = {
    "dev.sigstore.cosign/certificate": INTERMEDIATE,
    "dev.sigstore.cosign/bundle": "{}",
    predicateType: "https://p.example",
  };
  const logged = await layout.add(envelopeFor(image.digest, "https://p.example"), DSSE, annotations);
  const att = await layout.addManifest([bare, logged], {}, attName(image.digest));
  await layout.writeIndex([image, await layout.addImage("other"), att]);
  const [first, second, ...rest] = await proofs(layout, image.digest);
  expect(first).toEqual({
    mediaType: DSSE,
    bytes: Buffer.from(JSON.stringify(envelopeFor(image.digest))),
    digest: bare.digest,
    store: "oci",
    location: `oci-layout:${layout.folder}@${att.digest}#layer0`,
    filed: "object",
  });
  expect(second).toMatchObject({ mediaType: DSSE, filed: "object", listedAs: "https://p.example" });
  expect(second?.location).toBe(`oci-layout:${layout.folder}@${att.digest}#layer1`);
  const bytes = Buffer.from(second?.bytes ?? []);
  expect(JSON.parse(bytes.toString())).toMatchObject({ verificationMaterial: { tlogEntries: [{}] } });
  expect(second?.digest).toBe(digestOf(bytes));
  expect(rest).toEqual([]);
});

test("finds the bundle of a referrer as it is, and by no other object", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const other = await layout.addImage("other");
  const bundle = await layout.add("any bytes", BUNDLE);
  const referrer = await layout.addManifest([bundle], { ...ARTIFACT, subject: image });
  await layout.writeIndex([image, other, referrer]);
  await expect(proofs(layout, image.digest)).resolves.toEqual([
    {
      mediaType: BUNDLE,
      bytes: Buffer.from("any bytes"),
      digest: bundle.digest,
      store: "oci",
      location: `oci-layout:${layout.folder}@${referrer.digest}#layer0`,
      filed: "object",
    },
  ]);
  await expect(proofs(layout, other.digest)).resolves.toEqual([]);
});

test("leaves out a referrer's layers that are no attestations", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const layers = [await layout.add("{}", "application/spdx+json"), await layout.add("b", BUNDLE)];
  await layout.writeIndex([image, await layout.addManifest(layers, { ...ARTIFACT, subject: image })]);
  const found = await proofs(layout, image.digest);
  expect(found.map(({ location }) => location.slice(-7))).toEqual(["#layer1"]);
});

test("merges .att, referrers and the list of referrers, each manifest once", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const referrer = await layout.addManifest([await layout.add("b", BUNDLE)], { ...ARTIFACT, subject: image });
  const listedOnly = await layout.addManifest([await layout.add("c", BUNDLE)], { ...ARTIFACT, subject: image });
  const att = await layout.addManifest([await layout.add(envelopeFor(image.digest), DSSE)], {}, attName(image.digest));
  const list = await addIndex(layout, [referrer, listedOnly], refName(`sha256-${image.digest.slice(7)}`));
  await layout.writeIndex([image, referrer, att, att, list]);
  const found = await proofs(layout, image.digest);
  const expected = [referrer, att, listedOnly].map(({ digest }) => `oci-layout:${layout.folder}@${digest}#layer0`);
  expect(found.map(({ location }) => location)).toEqual(expected);
});

test("takes nothing from a list of referrers that has another subject itself", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const other = await layout.addImage("other");
  const bundle = await layout.add("b", BUNDLE);
  const foreign = await layout.addManifest([bundle], { ...ARTIFACT, subject: other });
  const list = await addIndex(layout, [foreign, other], refName(`sha256-${image.digest.slice(7)}`));
  await layout.writeIndex([image, list]);
  await expect(proofs(layout, image.digest)).resolves.toEqual([]);
});

test("files BuildKit's statements under the platform they refer to", async () => {
  const layout = await makeLayout();
  const amd64 = await layout.addImage("amd64");
  const predicate = { "in-toto.io/predicate-type": "https://slsa.dev/provenance/v1" };
  const statement = await layout.add({ _type: "x" }, "application/vnd.in-toto+json", predicate);
  const annotations = {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": amd64.digest,
  };
  const index = await addIndex(layout, [amd64, await layout.addManifest([statement], {}, annotations)]);
  await layout.writeIndex([index]);
  await expect(proofs(layout, amd64.digest)).resolves.toMatchObject([
    { mediaType: "application/vnd.in-toto+json", filed: "object", listedAs: "https://slsa.dev/provenance/v1" },
  ]);
  await expect(proofs(layout, index.digest)).resolves.toEqual([]);
});

test("files what names no subject under the only image, whatever it says", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image", { kind: "dev.cosignproject.cosign/image" });
  const envelope = await layout.add(envelopeFor(`sha256:${"0".repeat(64)}`), DSSE);
  const saved = await layout.addManifest([envelope], {}, { kind: "dev.cosignproject.cosign/atts" });
  await layout.writeIndex([image, saved]);
  await expect(proofs(layout, image.digest)).resolves.toMatchObject([{ filed: "object", digest: envelope.digest }]);
});

test("files what names no subject by its own statement where there are several images", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const other = await layout.addImage("other");
  const envelope = await layout.add(envelopeFor(image.digest), DSSE);
  await layout.writeIndex([image, other, await layout.addManifest([envelope])]);
  await expect(proofs(layout, image.digest)).resolves.toMatchObject([{ filed: "digest", digest: envelope.digest }]);
  await expect(proofs(layout, other.digest)).resolves.toEqual([]);
});

test("answers once for each object, and that npm's are none of its", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  await layout.writeIndex([image]);
  const npm = { ...objectOf(image.digest), id: "pkg:npm/a@1", channels: ["npm"] } satisfies ReleaseObject;
  const untold = { ...objectOf(image.digest), id: "pkg:oci/untold", digest: { sha1: "a" } };
  const answers = await findIn(await openLayout(layout.folder), [npm, objectOf(image.digest), untold]);
  expect(answers).toMatchObject([
    { object: "pkg:npm/a@1", status: "not-applicable" },
    { object: `pkg:oci/widget@${image.digest}`, status: "answered", found: [] },
    { object: "pkg:oci/untold", status: "unavailable", reason: { code: "digest-not-told" } },
  ]);
});

test("is unavailable, not empty, where a manifest or layer cannot be read that may be about the object", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const envelope = await layout.add(envelopeFor(image.digest), DSSE);
  const att = await layout.addManifest([envelope], {}, attName(image.digest));
  await layout.writeIndex([image, att]);
  const missing = { status: "unavailable", reason: { code: "blob-missing", hint: expect.any(String) } };
  await lose(layout, envelope.digest);
  await expect(find(layout, image.digest)).resolves.toMatchObject(missing);
  await lose(layout, att.digest);
  await expect(find(layout, image.digest)).resolves.toMatchObject(missing);
  await layout.writeIndex([image, { ...att, annotations: {} }]);
  await expect(find(layout, image.digest)).resolves.toMatchObject(missing);
});

test("answers where only the image itself, or something about another, cannot be read", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const lost = await layout.addImage("lost", attName(`sha256:${"0".repeat(64)}`));
  await layout.writeIndex([image, lost]);
  await lose(layout, lost.digest);
  await lose(layout, image.digest);
  await expect(proofs(layout, image.digest)).resolves.toEqual([]);
});

test("hands on no layer whose bytes were changed", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const envelope = await layout.add(envelopeFor(image.digest), DSSE);
  await layout.writeIndex([image, await layout.addManifest([envelope], {}, attName(image.digest))]);
  await layout.writeBlob(envelope.digest, JSON.stringify(envelopeFor(image.digest, "https://evil.example")));
  const reason = { code: "digest-mismatch", message: expect.stringContaining(layout.folder) };
  await expect(find(layout, image.digest)).resolves.toMatchObject({ status: "unavailable", reason });
});

test("is unavailable for an attestation manifest of 10,000 layers", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const envelope = await layout.add(envelopeFor(image.digest), DSSE);
  const many = Array.from({ length: 10_000 }, () => envelope);
  await layout.writeIndex([image, await layout.addManifest(many, {}, attName(image.digest))]);
  await expect(find(layout, image.digest)).resolves.toMatchObject({ reason: { code: "too-large" } });
});

test("is unavailable past 1,000 attestations of one object, or past 128 MB of them", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const bundle = await layout.add("b", BUNDLE);
  const many = await layout.addManifest(
    Array.from({ length: 1000 }, () => bundle),
    {},
    attName(image.digest),
  );
  await layout.writeIndex([image, many]);
  await expect(proofs(layout, image.digest)).resolves.toHaveLength(1000);
  await layout.writeIndex([image, many, await layout.addManifest([bundle], ARTIFACT, attName(image.digest))]);
  await expect(find(layout, image.digest)).resolves.toMatchObject({ reason: { code: "too-large" } });
  const large = await layout.add("x".repeat(32 * 1024 * 1024), BUNDLE);
  const five = Array.from({ length: 5 }, () => large);
  await layout.writeIndex([image, await layout.addManifest(five, {}, attName(image.digest))]);
  await expect(find(layout, image.digest)).resolves.toMatchObject({ reason: { code: "too-large" } });
});

test("reads the layout's manifests and the statements without a name once for all objects", async () => {
  const written = await makeLayout();
  const image = await written.addImage("image");
  const other = await written.addImage("other");
  const envelope = await written.add(envelopeFor(`sha256:${"0".repeat(64)}`), DSSE);
  await written.writeIndex([image, other, await written.addManifest([envelope])]);
  const layout = await openLayout(written.folder);
  const read: string[] = [];
  const counted: Layout = {
    ...layout,
    manifest: (digest) => (read.push(digest), layout.manifest(digest)),
    blob: (digest) => (read.push(digest), layout.blob(digest)),
  };
  await findIn(counted, [objectOf(image.digest), objectOf(other.digest)]);
  expect(read).toHaveLength(4);
  expect(new Set(read).size).toBe(4);
});

test("takes nothing that is filed under another digest, though its statement names the object", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const envelope = await layout.add(envelopeFor(image.digest), DSSE);
  const misfiled = await layout.addManifest([envelope], {}, attName(`sha256:${"0".repeat(64)}`));
  await layout.writeIndex([image, await layout.addImage("other"), misfiled]);
  await expect(proofs(layout, image.digest)).resolves.toEqual([]);
});

test("shortens a media type without end", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const bundle = await layout.add("b", BUNDLE.padEnd(5000, "x"));
  await layout.writeIndex([image, await layout.addManifest([bundle], { ...ARTIFACT, subject: image })]);
  await expect(proofs(layout, image.digest)).resolves.toMatchObject([{ mediaType: BUNDLE.padEnd(200, "x") }]);
});

test("throws on what is a fault of the program", async () => {
  const written = await makeLayout();
  await written.writeIndex([await written.addImage("image")]);
  const fault = new TypeError("a bug");
  const layout: Layout = { ...(await openLayout(written.folder)), manifest: () => Promise.reject(fault) };
  await expect(findIn(layout, [objectOf(`sha256:${"0".repeat(64)}`)])).rejects.toBe(fault);
});
