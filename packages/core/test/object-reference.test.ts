import { describe, expect, test } from "vitest";
import { parseObjectReference, type ObjectReference } from "../src/object-reference.ts";
import { thrownBy } from "./thrown.ts";

const ALPHA = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const npm = (name: string, range?: string): ObjectReference => ({
  kind: "npm",
  name,
  ...(range === undefined ? {} : { range }),
});
const file = (path: string): ObjectReference => ({ kind: "file", path });

describe("parseObjectReference reads", () => {
  test.each<[string, ObjectReference]>([
    ["npm:widget", npm("widget")],
    ["npm:widget@1.0.0", npm("widget", "1.0.0")],
    ["npm:@acme/widget", npm("@acme/widget")],
    ["npm:@acme/widget@1.0.0", npm("@acme/widget", "1.0.0")],
    ["npm:@acme/widget@^1.0.0 || >=2.0.0-rc.1 <3", npm("@acme/widget", "^1.0.0 || >=2.0.0-rc.1 <3")],
    ["npm:widget@latest", npm("widget", "latest")],
    ["npm:widget@1.0.0+build.7", npm("widget", "1.0.0+build.7")],
    ["npm:JSONStream@1.0.3", npm("JSONStream", "1.0.3")],
    ["npm:_.~-x", npm("_.~-x")],
    [`npm:${"a".repeat(214)}`, npm("a".repeat(214))],
    ["pkg:npm/widget", npm("widget")],
    ["pkg:npm/%40acme/widget@1.0.0", npm("@acme/widget", "1.0.0")],
    ["pkg:npm/@acme/widget@1.0.0", npm("@acme/widget", "1.0.0")],
    ["PKG:NPM/widget@1.0.0%2Bbuild.7", npm("widget", "1.0.0+build.7")],
    ["pkg://npm/widget@1.0.0", npm("widget", "1.0.0")],
    [`sha256:${ALPHA}`, { kind: "digest", digest: { sha256: ALPHA } }],
    [`sha256:${ALPHA.toUpperCase()}`, { kind: "digest", digest: { sha256: ALPHA } }],
    [`sha384:${"a".repeat(96)}`, { kind: "digest", digest: { sha384: "a".repeat(96) } }],
    [`sha512:${"a".repeat(128)}`, { kind: "digest", digest: { sha512: "a".repeat(128) } }],
    ["widget.tgz", file("widget.tgz")],
    ["./a:b", file("./a:b")],
    ["a:b:c", file("a:b:c")],
    [":a", file(":a")],
    ["C:\\x", file("C:\\x")],
    ["constructor:x", file("constructor:x")],
    [`sha1:${"c".repeat(40)}`, file(`sha1:${"c".repeat(40)}`)],
    ["sha256", file("sha256")],
    [`./sha256:${ALPHA}`, file(`./sha256:${ALPHA}`)],
    ["../widget.tgz", file("../widget.tgz")],
    ["npm", file("npm")],
    ["./npm:widget", file("./npm:widget")],
    ["@acme/widget", file("@acme/widget")],
  ])("%s", (text, reference) => {
    expect(parseObjectReference(text)).toEqual(reference);
  });
});

describe("parseObjectReference refuses", () => {
  test.each([
    ["an empty text", "", "is empty"],
    ["a URL", "https://ghcr.io/acme/widget", '"ghcr.io/acme/widget" is named by a URL'],
    ["another tool's URL", "docker://nginx", '"nginx" is named by a URL'],
    [
      "a URL, whose secrets are not repeated",
      "https://robot:SECRET@a.example/x?sig=SECRET",
      '"a.example/x" is named by',
    ],
    ["an empty npm name", "npm:", "not the name of an npm package"],
    ["a scope alone", "npm:@acme", "not the name of an npm package"],
    ["a scope and a slash", "npm:@acme/", "not the name of an npm package"],
    ["an empty scope", "npm:@/widget", "not the name of an npm package"],
    ["a slash without scope", "npm:acme/widget", "not the name of an npm package"],
    ["two slashes", "npm:@acme/widget/x", "not the name of an npm package"],
    ["a name that starts with a dot", "npm:.bin", "not the name of an npm package"],
    ["a scope that starts with a dot", "npm:@../widget", "not the name of an npm package"],
    ["a path behind the scope", "npm:@acme/..@1", "not the name of an npm package"],
    ["a space", "npm:wid get", "not the name of an npm package"],
    ["a percent sign", "npm:%2e%2e", "not the name of an npm package"],
    ["half of a surrogate pair", "npm:\ud800", "not the name of an npm package"],
    ["two versions", "npm:widget@1.0.0@2.0.0", "not the name of an npm package"],
    ["a name of 215 characters", `npm:${"a".repeat(215)}`, "not the name of an npm package"],
    ["a name of 215 characters with its scope", `npm:@acme/${"a".repeat(209)}`, "not the name of an npm package"],
    [
      "a scoped name of 215 characters as a purl",
      `pkg:npm/%40acme/${"a".repeat(209)}`,
      "not the name of an npm package",
    ],
    ["a namespace that is no scope", "pkg:npm/acme/widget", "not the name of an npm package"],
    ["nothing behind the @", "npm:widget@", "nothing behind its last @"],
    ["nothing behind the @ of a scoped name", "npm:@acme/widget@", "nothing behind its last @"],
    ["a layout without a folder", "oci-layout:", "names no folder"],
    ["releases", "github:acme/widget@v1.0.0", "not read yet"],
    ["channels in capitals", "GITHUB:acme/widget", "not read yet"],
    ["charts in capitals", "HELM:ghcr.io/acme/widget", "not read yet"],
    ["other purls", "pkg:github/acme/widget@v1.0.0", "not read yet"],
  ])("%s", (_, text, why) => {
    const error = thrownBy(() => parseObjectReference(text));
    expect(error.code).toBe("OBJECT_INVALID");
    expect(error.message).toContain(why);
    expect(error.message.length).toBeLessThan(400);
    expect(`${error.message}${error.hint}`).not.toContain("SECRET");
  });

  test.each(["pkg:npm/..", "pkg:npm/%2E%2E/widget", "pkg:npm/a%2Fb", "pkg:github/../widget", "pkg:", "pkg:npm/\ud800"])(
    "the purl %j",
    (text) => {
      expect(thrownBy(() => parseObjectReference(text)).code).toBe("PURL_INVALID");
    },
  );

  test.each([
    ["too short", "sha256:abc"],
    ["empty", "sha512:"],
    ["followed by something else", `sha256:${ALPHA}:x`],
    ["a path behind it", `sha256:${ALPHA}/widget.tgz`],
  ])("a digest that is %s", (_, text) => {
    expect(thrownBy(() => parseObjectReference(text)).code).toBe("DIGEST_INVALID");
  });

  test("with a hint that says what to write", () => {
    expect(thrownBy(() => parseObjectReference("npm:")).hint).toContain("@scope/name");
    expect(thrownBy(() => parseObjectReference("npm:a@")).hint).toContain("dist-tag");
    expect(thrownBy(() => parseObjectReference("github:a")).hint).toContain("npm:name[@range]");
  });
});

test.each(["pkg:npm/widget@1.0.0?repository_url=https://other.example", "pkg:npm/widget@1.0.0#lib"])(
  "refuses %s rather than leave a part of it out",
  (text) => {
    expect(() => parseObjectReference(text)).toThrow("has qualifiers or a subpath");
  },
);

test("reads an OCI layout with and without a digest, folders with an @ in their name too", () => {
  const hex = "a".repeat(64);
  expect(parseObjectReference("oci-layout:./image")).toEqual({ kind: "oci-layout", folder: "./image" });
  expect(() => parseObjectReference("oci-layout:./image@sha256:abc")).toThrow("is not a digest");
  expect(parseObjectReference(`oci-layout:/srv/a@b/image@sha256:${hex}`)).toEqual({
    kind: "oci-layout",
    folder: "/srv/a@b/image",
    digest: `sha256:${hex}`,
  });
});

test("takes an id of another kind for a digest only where that is asked for", () => {
  expect(parseObjectReference("gce_image_id:897")).toEqual({ kind: "file", path: "gce_image_id:897" });
  expect(parseObjectReference("gce_image_id:897", "any")).toEqual({ kind: "digest", digest: { gce_image_id: "897" } });
  expect(parseObjectReference("./a:b", "any")).toEqual({ kind: "file", path: "./a:b" });
});

test.each(["oci://registry.example/acme/widget:1.4.0", "OCI://registry.example/acme/widget"])(
  "leaves the name of an image, %s, to those who know registries",
  (name) => {
    expect(parseObjectReference(name)).toEqual({ kind: "oci", name });
  },
);
