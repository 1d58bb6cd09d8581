import { expect, test } from "vitest";
import type { Annotations, Descriptor } from "../src/descriptor.ts";
import { isEvidence, roleOf } from "../src/role.ts";
import { DSSE, IMAGE_CONFIG, IMAGE_MANIFEST, refName } from "./layout-folder.ts";

const HEX = "b".repeat(64);

function describe(annotations: Annotations = {}, mediaType = IMAGE_MANIFEST): Descriptor {
  return { mediaType, digest: `sha256:${"a".repeat(64)}`, size: 1, annotations };
}

test.each([".att", ".sig", ".sbom"])("takes cosign's tag that ends in %s for something about an image", (ending) => {
  const expected = { as: "evidence", subject: `sha256:${HEX}` };
  expect(roleOf(describe(refName(`sha256-${HEX}${ending}`)))).toEqual(expected);
  expect(roleOf(describe(refName(`registry.example/widget:sha256-${HEX}${ending}`)))).toEqual(expected);
});

test.each([
  ["1.4.0"],
  ["sha256-notes"],
  [`sha256-${HEX}.txt`],
  [`sha256-${HEX.slice(1)}.att`],
  [`old-sha256-${HEX}.att`],
  ["registry.example:5000/acme/widget:1.4.0"],
])("takes %s for an image's tag", (tag) => {
  expect(roleOf(describe(refName(tag)))).toEqual({ as: "image", tag });
});

test.each([
  ["none", {}],
  ["one with control characters", refName("1\u001b[2J")],
  ["a long one", refName("1".repeat(256))],
])("lists an image without tag whose ref name is %s", (_name, annotations) => {
  expect(roleOf(describe(annotations))).toEqual({ as: "image", tag: null });
});

test("takes the fallback tag for a list of referrers, unless it names the image itself", () => {
  expect(roleOf(describe(refName(`sha256-${HEX}`)))).toEqual({ as: "referrers" });
  expect(roleOf(describe(refName(`sha256-${"a".repeat(64)}`)))).toEqual({ as: "image", tag: null });
});

test("takes BuildKit's attestation manifests for evidence about what they refer to", () => {
  const type = { "vnd.docker.reference.type": "attestation-manifest" };
  expect(roleOf(describe({ ...type, "vnd.docker.reference.digest": `sha256:${HEX}` }))).toEqual({
    as: "evidence",
    subject: `sha256:${HEX}`,
  });
  expect(roleOf(describe(type))).toEqual({ as: "evidence", subject: null });
});

test.each([
  ["atts", "evidence"],
  ["sigs", "evidence"],
  ["image", "image"],
  ["imageIndex", "image"],
])("takes what cosign saved as %s for %s", (kind, as) => {
  expect(roleOf(describe({ kind: `dev.cosignproject.cosign/${kind}` }))).toMatchObject({ as });
});

const IMAGE = { kind: "manifest", config: describe({}, IMAGE_CONFIG), annotations: {} } as const;
const TAR = describe({}, "application/vnd.oci.image.layer.v1.tar");

test.each([
  ["only envelopes", [describe({}, DSSE), describe({}, DSSE)], true],
  ["a Sigstore bundle", [describe({}, "application/vnd.dev.sigstore.bundle.v0.3+json")], true],
  ["a cosign signature", [describe({}, "application/vnd.dev.cosign.simplesigning.v1+json")], true],
  ["unsigned statements", [describe({}, "application/vnd.in-toto+json")], true],
  ["an envelope and a file system", [describe({}, DSSE), TAR], false],
  ["nothing", [], false],
])("judges a manifest of %s by its layers", (_name, layers, expected) => {
  expect(isEvidence({ ...IMAGE, layers })).toBe(expected);
});

test("takes an artifact with a subject for evidence, and an image with a subject for an image", () => {
  const subject = describe();
  expect(isEvidence({ ...IMAGE, layers: [TAR], subject })).toBe(false);
  expect(isEvidence({ ...IMAGE, layers: [TAR], subject, artifactType: "application/spdx+json" })).toBe(true);
  expect(isEvidence({ ...IMAGE, config: describe({}, "text/x"), layers: [TAR], subject })).toBe(true);
  expect(isEvidence({ ...IMAGE, config: describe({}, "text/x"), layers: [TAR] })).toBe(false);
  expect(isEvidence({ kind: "index", manifests: [], annotations: {}, subject })).toBe(false);
  expect(isEvidence({ kind: "index", manifests: [], annotations: {}, subject, artifactType: "text/x" })).toBe(true);
});
