import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digestOf } from "../src/digest.ts";
import { openLayout } from "../src/layout.ts";
import { listImages, type ImageList } from "../src/list-images.ts";
import {
  addIndex,
  DSSE,
  envelopeFor,
  IMAGE_MANIFEST,
  makeLayout,
  refName,
  type LayoutFolder,
} from "./layout-folder.ts";

async function list({ folder }: LayoutFolder, digest?: string): Promise<ImageList> {
  return await listImages(await openLayout(folder), digest);
}

function digestsOf({ objects }: ImageList): readonly (string | null)[] {
  return objects.map(({ version }) => version);
}

test("tells an image as a release object", async () => {
  const layout = await makeLayout("Widget Tools");
  const source = { "org.opencontainers.image.source": "https://github.com/acme/widget.git" };
  const image = await layout.addManifest([], { annotations: source }, refName("1.4.0"));
  await layout.writeIndex([image, { ...image, annotations: refName("latest") }]);
  await expect(list(layout)).resolves.toEqual({
    objects: [
      {
        id: `pkg:oci/widget%20tools@${image.digest}`,
        channels: ["oci"],
        locations: [`oci-layout:${layout.folder}@${image.digest}`],
        digest: { sha256: image.digest.slice(7) },
        digestFrom: "bytes",
        name: "widget tools",
        version: image.digest,
        publishedAt: null,
        tags: ["1.4.0", "latest"],
        declaredRepository: "https://github.com/acme/widget",
        deprecated: null,
        parts: [{ what: "the config", digest: { sha256: digestOf(Buffer.from("{}")).slice(7) } }],
      },
    ],
    gaps: [],
  });
});

test("declares no repository where the source is no URL", async () => {
  const layout = await makeLayout();
  const source = { "org.opencontainers.image.source": "acme/widget" };
  await layout.writeIndex([await layout.addManifest([], { annotations: source })]);
  expect((await list(layout)).objects).toMatchObject([{ declaredRepository: null }]);
});

test("names an image by sha512 where the layout does", async () => {
  const layout = await makeLayout();
  const text = JSON.stringify({ config: await layout.add({}, "text/x"), layers: [] });
  const digest = digestOf(Buffer.from(text), "sha512");
  await layout.writeBlob(digest, text);
  await layout.writeIndex([{ mediaType: IMAGE_MANIFEST, digest, size: text.length }]);
  expect((await list(layout)).objects).toMatchObject([{ digest: { sha512: digest.slice(7) }, version: digest }]);
});

test("leaves out signatures, attestations, SBOMs and lists of referrers, by name and by content", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image", refName("1.4.0"));
  const hex = image.digest.slice(7);
  const envelope = await layout.add(envelopeFor(image.digest), DSSE);
  await layout.writeIndex([
    image,
    await layout.addImage("att", refName(`sha256-${hex}.att`)),
    await layout.addImage("sig", refName(`sha256-${hex}.sig`)),
    await layout.addImage("sbom", refName(`sha256-${hex}.sbom`)),
    await layout.addImage("buildkit", { "vnd.docker.reference.type": "attestation-manifest" }),
    await layout.addImage("saved", { kind: "dev.cosignproject.cosign/atts" }),
    await addIndex(layout, [], refName(`sha256-${hex}`)),
    await layout.addManifest([envelope]),
    await layout.addManifest([], { subject: image, artifactType: "application/spdx+json" }),
  ]);
  const listed = await list(layout);
  expect(digestsOf(listed)).toEqual([image.digest]);
  expect(listed.gaps).toEqual([]);
});

test("counts an image that is tagged both as one and as something about another", async () => {
  const layout = await makeLayout();
  const image = await layout.addImage("image");
  const other = refName(`sha256-${"b".repeat(64)}.sbom`);
  await layout.writeIndex([
    { ...image, annotations: other },
    { ...image, annotations: refName("1.4.0") },
  ]);
  expect((await list(layout)).objects).toMatchObject([{ version: image.digest, tags: ["1.4.0"] }]);
});

test("counts an index as one object with its platforms as members, and those when they are asked for", async () => {
  const layout = await makeLayout();
  const amd64 = { ...(await layout.addImage("amd64")), platform: { os: "linux", architecture: "amd64" } };
  const wasm = await layout.addImage("wasm");
  const attestation = {
    ...(await layout.addImage("att", { "vnd.docker.reference.type": "attestation-manifest" })),
    platform: { os: "unknown", architecture: "unknown" },
  };
  const index = await addIndex(layout, [amd64, wasm, attestation], refName("1.4.0"));
  await layout.writeIndex([index]);
  const member = { locations: [`oci-layout:${layout.folder}@${amd64.digest}`], version: amd64.digest, tags: [] };
  expect((await list(layout)).objects[0]?.members).toMatchObject([
    { platform: "linux/amd64", object: { ...member, digestFrom: "registry" } },
    { platform: null, object: { digest: { sha256: wasm.digest.slice(7) } } },
  ]);
  expect(digestsOf(await list(layout))).toEqual([index.digest]);
  expect(digestsOf(await list(layout, index.digest))).toEqual([index.digest]);
  expect((await list(layout, wasm.digest)).objects).toMatchObject([{ version: wasm.digest, tags: [] }]);
  await expect(list(layout, attestation.digest)).resolves.toMatchObject({
    objects: [],
    gaps: [{ channel: "oci", reason: { code: "no-such-object" } }],
  });
});

test("refuses to look for what is no digest", async () => {
  await expect(list(await makeLayout(), "sha256:../x")).rejects.toMatchObject({ code: "DESCRIPTOR_INVALID" });
});

test("tells an image that cannot be read as a gap and lists the others", async () => {
  const layout = await makeLayout();
  const lost = await layout.addImage("lost", refName("1.3.0"));
  const image = await layout.addImage("image", refName("1.4.0"));
  await layout.writeIndex([lost, image]);
  await rm(join(layout.folder, "blobs", lost.digest.replace(":", "/")));
  const gap = {
    channel: "oci",
    target: `oci-layout:${layout.folder}@${lost.digest}`,
    reason: { code: "blob-missing", message: expect.stringContaining(lost.digest.slice(7)), hint: expect.any(String) },
  };
  const listed = await list(layout);
  expect(digestsOf(listed)).toEqual([image.digest]);
  expect(listed.gaps).toEqual([gap]);
  await expect(list(layout, image.digest)).resolves.toMatchObject({ objects: [{ version: image.digest }], gaps: [] });
  await expect(list(layout, `sha256:${"0".repeat(64)}`)).resolves.toEqual({ objects: [], gaps: [gap] });
});

test("tells a platform's image that cannot be read as a gap", async () => {
  const layout = await makeLayout();
  const lost = await layout.addImage("lost");
  await layout.writeIndex([await addIndex(layout, [lost])]);
  await rm(join(layout.folder, "blobs", lost.digest.replace(":", "/")));
  const listed = await list(layout, lost.digest);
  expect(listed).toMatchObject({ objects: [], gaps: [{ reason: { code: "blob-missing" } }] });
});

test("is no gap where something about an image cannot be read", async () => {
  const layout = await makeLayout();
  const lost = await layout.addImage("lost", refName(`sha256-${"b".repeat(64)}.att`));
  await layout.writeIndex([lost]);
  await rm(join(layout.folder, "blobs", lost.digest.replace(":", "/")));
  await expect(list(layout)).resolves.toEqual({ objects: [], gaps: [] });
});

test("ends with a gap at an index that claims to contain itself", async () => {
  const layout = await makeLayout();
  const itself = { mediaType: "application/vnd.oci.image.index.v1+json", digest: `sha256:${"c".repeat(64)}`, size: 1 };
  await layout.writeBlob(itself.digest, JSON.stringify({ manifests: [itself] }));
  await layout.writeIndex([itself, itself]);
  const listed = await list(layout);
  expect(listed).toMatchObject({ objects: [], gaps: [{ reason: { code: "digest-mismatch" } }] });
  expect(listed.gaps).toHaveLength(1);
});

test("names the images of a layout that has no name of its own", async () => {
  const written = await makeLayout();
  const image = await written.addImage("image");
  await written.writeIndex([image]);
  const atRoot = { ...(await openLayout(written.folder)), folder: "/" };
  expect((await listImages(atRoot)).objects).toMatchObject([{ id: `pkg:oci/layout@${image.digest}` }]);
});

test("throws on what is a fault of the program", async () => {
  const written = await makeLayout();
  await written.writeIndex([await written.addImage("image")]);
  const fault = new TypeError("a bug");
  const layout = { ...(await openLayout(written.folder)), manifest: () => Promise.reject(fault) };
  await expect(listImages(layout)).rejects.toBe(fault);
});
