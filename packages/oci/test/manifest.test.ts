import { expect, test } from "vitest";
import { parseManifest } from "../src/manifest.ts";
import { IMAGE_CONFIG, IMAGE_INDEX, IMAGE_MANIFEST } from "./layout-folder.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const CONFIG = { mediaType: IMAGE_CONFIG, digest: DIGEST, size: 2 };
const LAYER = { mediaType: "text/plain", digest: DIGEST, size: 5 };

function parse(value: unknown): ReturnType<typeof parseManifest> {
  return parseManifest(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)), "it");
}

test("reads an image manifest", () => {
  const subject = { mediaType: IMAGE_MANIFEST, digest: DIGEST, size: 7 };
  const written = { mediaType: IMAGE_MANIFEST, artifactType: "text/x", config: CONFIG, layers: [LAYER], subject };
  expect(parse({ ...written, annotations: { a: "1", b: 2 } })).toEqual({
    kind: "manifest",
    mediaType: IMAGE_MANIFEST,
    artifactType: "text/x",
    config: { ...CONFIG, annotations: {} },
    layers: [{ ...LAYER, annotations: {} }],
    subject: { ...subject, annotations: {} },
    annotations: { a: "1" },
  });
});

test("reads an index, of Docker's media type too, and one that names none", () => {
  const manifests = [{ ...LAYER, artifactType: "text/x", annotations: { a: "1" } }];
  const expected = { kind: "index", manifests, annotations: {} };
  expect(parse({ manifests })).toEqual(expected);
  expect(parse({ mediaType: IMAGE_INDEX, manifests })).toEqual({ ...expected, mediaType: IMAGE_INDEX });
  const docker = "application/vnd.docker.distribution.manifest.list.v2+json";
  expect(parse({ mediaType: docker, manifests })).toEqual({ ...expected, mediaType: docker });
});

test.each([
  ["has both lists", { config: CONFIG, layers: [LAYER], manifests: [] }, "both manifests and layers"],
  ["has neither list", { config: CONFIG }, "neither manifests nor layers"],
  ["is no object", [], "neither manifests nor layers"],
  ["says it is an index and has layers", { mediaType: IMAGE_INDEX, config: CONFIG, layers: [] }, "written as manifest"],
  ["says it is an image and has manifests", { mediaType: IMAGE_MANIFEST, manifests: [] }, "written as index"],
  ["is of a type that is not known", { mediaType: "text/html", manifests: [] }, '"text/html"'],
  ["is of a type named as a member of every object", { mediaType: "constructor", manifests: [] }, '"constructor"'],
  ["tells a key twice", `{"manifests":[],"manifests":[]}`, "stands twice"],
  ["is cut off", `{"manifests":[`, "is not JSON"],
])("refuses what %s", (_name, value, message) => {
  expect(() => parse(value)).toThrow(
    expect.objectContaining({ code: "MANIFEST_INVALID", message: expect.stringContaining(message) }),
  );
});

test("refuses what is not UTF-8", () => {
  const bytes = Buffer.from(`{"manifests":[],"a":"\xff"}`, "latin1");
  expect(() => parseManifest(bytes, "it")).toThrow(
    expect.objectContaining({ code: "MANIFEST_INVALID", message: "it is not UTF-8" }),
  );
});

test.each([
  ["layer without media type", { ...LAYER, mediaType: undefined }, "it, layer 0 has no media type"],
  ["layer without size", { ...LAYER, size: undefined }, "it, layer 0 has no size in bytes"],
  ["negative size", { ...LAYER, size: -1 }, "it, layer 0 has no size in bytes"],
  ["size past what numbers hold", { ...LAYER, size: 1e300 }, "it, layer 0 has no size in bytes"],
  ["size in text", { ...LAYER, size: "5" }, "it, layer 0 has no size in bytes"],
  ["digest that is a path", { ...LAYER, digest: "sha256:../x" }, 'it, layer 0: "sha256:../x" is not a digest'],
  ["layer that is null", null, "it, layer 0 has no media type"],
])("refuses a %s", (_name, layer, message) => {
  expect(() => parse({ config: CONFIG, layers: [layer] })).toThrow(
    expect.objectContaining({ code: "DESCRIPTOR_INVALID", message }),
  );
});

test("refuses a manifest without config, and a subject that is no descriptor", () => {
  expect(() => parse({ layers: [] })).toThrow("it, config has no media type");
  expect(() => parse({ config: CONFIG, layers: [], subject: {} })).toThrow("it, subject has no media type");
});

test("refuses 10,000 layers and more than 10,000 manifests", () => {
  const layers = Array.from({ length: 10_000 }, () => LAYER);
  expect(() => parse({ config: CONFIG, layers })).toThrow(
    expect.objectContaining({ code: "TOO_LARGE", message: "it, layers: 10000 are listed, more than 1000" }),
  );
  expect(parse({ manifests: layers })).toMatchObject({ kind: "index" });
  expect(() => parse({ manifests: [...layers, LAYER] })).toThrow(expect.objectContaining({ code: "TOO_LARGE" }));
});
