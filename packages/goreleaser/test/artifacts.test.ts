import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  artifactDigest,
  formatArtifacts,
  formatMetadata,
  parseArtifacts,
  parseMetadata,
  roleOf,
} from "../src/index.ts";
import { ARTIFACTS, METADATA, RELEASES } from "./documents.ts";
import { readFixture } from "./fixture.ts";
import { errorOf } from "./thrown.ts";

const HEX = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const ARTIFACT = { name: "a", path: "dist/a", type: "Archive" };
const noProto = (value: unknown): boolean => !JSON.stringify(value).includes('"__proto__"');

describe("a round trip", () => {
  test.each(RELEASES)("gives artifacts.json and metadata.json of GoReleaser back byte for byte (%s)", (release) => {
    const artifacts = readFixture(`${release}/artifacts.json`);
    const metadata = readFixture(`${release}/metadata.json`);
    expect(formatArtifacts(parseArtifacts(artifacts))).toBe(artifacts);
    expect(formatMetadata(parseMetadata(metadata))).toBe(metadata);
  });

  test("keeps members and types that are not known, whatever they hold", () => {
    const key = fc.string({ maxLength: 5 }).map((text) => `+${text}`);
    const more = fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }).filter(noProto);
    const held = fc.record({ more, extra: more, name: fc.constantFrom("\ud800", "é𝒳", '\0\n"\\'), type: fc.string() });
    fc.assert(
      fc.property(held, ({ more, extra, name, type }) => {
        const artifact = { ...more, ...ARTIFACT, name, type, extra: { ...extra, Size: 1, ID: "é<&>\u2028" } };
        const [text, other] = [JSON.stringify([artifact]), JSON.stringify({ ...more, ...METADATA })];
        expect(JSON.parse(formatArtifacts(parseArtifacts(text)))).toEqual(JSON.parse(text));
        expect(JSON.parse(formatMetadata(parseMetadata(other)))).toEqual(JSON.parse(other));
      }),
    );
  });

  test.each([
    "0",
    "-0",
    "0.0",
    "-1.50",
    "1e2",
    "1E+2",
    "100",
    "0.1",
    "1e300",
    "9007199254740992",
    "5e-324",
    "0.0000001",
    "-1.7976931348623157e308",
  ])("keeps the number %s", (number) => {
    const text = `[{"name":"a","path":"a","type":"File","n":${number}}]`;
    expect(formatArtifacts(parseArtifacts(text))).toBe(text.replace(number, JSON.stringify(Number(number))));
  });

  test("escapes what Go escapes, so that it can stand in HTML", () => {
    expect(formatArtifacts([{ ...ARTIFACT, name: "</script>&\u2028\u2029" }])).toBe(
      String.raw`[{"name":"\u003c/script\u003e\u0026\u2028\u2029","path":"dist/a","type":"Archive"}]`,
    );
  });
});

describe("refused are", () => {
  const entry = (more: object): string => JSON.stringify([ARTIFACT, { ...ARTIFACT, ...more }]);
  test.each([
    ["text that is no JSON", "[", "artifacts.json is not JSON"],
    ["an object", "{}", "not a list"],
    ["an entry that is no object", '["a"]', 'entry 0 is "a", not an object'],
    ["an entry without a name", '[{"path":"a","type":"File"}]', 'entry 0 has no "name"'],
    ["an entry without a path", '[{"name":"a","type":"File"}]', 'entry 0 has no "path"'],
    ["an entry without a type", '[{"name":"a","path":"a"}]', 'entry 0 has no "type"'],
    ["a type that is a number", entry({ type: 4 }), 'entry 1: "type" is 4, not a text'],
    ["a name that is null", entry({ name: null }), 'entry 1: "name" is null'],
    ["a target that is a list", entry({ target: ["<".repeat(200)] }), 'entry 1: "target" is ["<<<'],
    ["a number of a type with a fraction", entry({ internal_type: 1.5 }), '"internal_type" is 1.5, not a whole number'],
    ["a number of a type below 0", entry({ internal_type: -1 }), '"internal_type" is -1'],
    ["extras that are a list", entry({ extra: [] }), '"extra" is [], not an object'],
    ["extras that are null", entry({ extra: null }), '"extra" is null'],
    ["a digest that is an object", entry({ extra: { Digest: {} } }), 'entry 1, extra: "Digest" is {}'],
    ["a size that is a text", entry({ extra: { Size: "1" } }), 'entry 1, extra: "Size" is "1"'],
    ["a member that stands twice", '[{"name":"a","name":"b","path":"a","type":"File"}]', "stands twice"],
    ["__proto__", '[{"name":"a","path":"a","type":"File","extra":{"__proto__":{}}}]', "__proto__"],
    [
      "an integer that would be altered",
      '[{"name":"a","path":"a","type":"File","n":[9007199254740993]}]',
      "9007199254740993",
    ],
    ["a number past all", '[{"name":"a","path":"a","type":"File","n":1e999}]', "1e999"],
    ["a number beside 0 that is too small", '[{"name":"a","path":"a","type":"File","n":{"a":1e-400}}]', "1e-400"],
    ["a fraction of too many digits", '[{"name":"a","path":"a","type":"File","n":0.1000000000000000055}]', "0.10000"],
    ["a number of a million digits", `[1.${"0".repeat(1e6)}]`, "1.000"],
  ])("artifacts: %s", (_, text, message) => {
    const error = errorOf(() => parseArtifacts(text));
    expect(error).toMatchObject({ code: "ARTIFACTS_INVALID", message: expect.stringContaining(message) });
    expect(error.message.length).toBeLessThan(250);
  });

  test.each([
    ["text that is no JSON", "<html>", "metadata.json is not JSON but HTML"],
    ["a list", "[]", "metadata.json is [], not an object"],
    ["no version", JSON.stringify({ ...METADATA, version: undefined }), 'has no "version"'],
    ["a tag that is null", JSON.stringify({ ...METADATA, tag: null }), '"tag" is null'],
    ["a date without a time", JSON.stringify({ ...METADATA, date: "2026-11-24" }), "RFC 3339"],
    ["a date without a zone", JSON.stringify({ ...METADATA, date: "2026-11-24T23:33:11" }), "RFC 3339"],
    ["a runtime that is a text", JSON.stringify({ ...METADATA, runtime: "linux" }), '"runtime" is "linux"'],
    ["a runtime with a list in it", JSON.stringify({ ...METADATA, runtime: { goos: [] } }), 'runtime: "goos" is []'],
  ])("metadata: %s", (_, text, message) => {
    expect(errorOf(() => parseMetadata(text))).toMatchObject({
      code: "METADATA_INVALID",
      message: expect.stringContaining(message),
    });
  });

  test("more than is read, with a hint where there is one", () => {
    const many = `[${"{},".repeat(100_000)}{}]`;
    expect(errorOf(() => parseArtifacts(many))).toMatchObject({ code: "TOO_LARGE" });
    expect(errorOf(() => parseMetadata(" ".repeat(16 * 1024 * 1024 + 1)))).toMatchObject({ code: "TOO_LARGE" });
    expect(errorOf(() => parseMetadata(""))).toMatchObject({ hint: expect.stringContaining("complete") });
  });
});

describe("roleOf", () => {
  test.each(RELEASES)("calls assets what GoReleaser checksums, and nothing else (%s)", (release) => {
    for (const artifact of parseArtifacts(readFixture(`${release}/artifacts.json`))) {
      const { type, internal_type, extra } = artifact;
      expect([type, internal_type, roleOf(artifact) === "asset"]).toEqual([
        type,
        internal_type,
        "Checksum" in (extra ?? {}),
      ]);
    }
  });

  test.each([
    ["Checksum", 12, "sidecar"],
    ["Signature", 13, "sidecar"],
    ["Certificate", undefined, "sidecar"],
    ["Binary", 2, "asset"],
    ["Binary", 4, "local"],
    ["Binary", 5, "local"],
    ["Binary", undefined, "unknown"],
    ["Binary", 28, "unknown"],
    ["Docker Image", 9, "local"],
    ["Docker Image", 37, "image"],
    ["Docker Image", 38, "image"],
    ["Docker Image", undefined, "image"],
    ["Published Docker Image", 10, "image"],
    ["Docker Manifest", 11, "image"],
    ["SBOM", 25, "asset"],
    ["SBOM", 29, "asset"],
    ["Metadata", 28, "local"],
    ["NPM Package", undefined, "elsewhere"],
    ["Homebrew Cask", 17, "elsewhere"],
    ["Something New", 1, "unknown"],
    ["constructor", undefined, "unknown"],
  ])("says of %s with the number %s: %s", (type, internal_type, role) => {
    expect(roleOf({ ...ARTIFACT, type, ...(internal_type !== undefined && { internal_type }) })).toBe(role);
  });
});

test.each([
  ["an image's", { Digest: `sha256:${HEX}`, Checksum: `sha512:${"a".repeat(128)}` }, { sha256: HEX }],
  ["a file's", { Checksum: `sha512:${"A".repeat(128)}` }, { sha512: "a".repeat(128) }],
  ["none of a weak one", { Checksum: `sha1:${"a".repeat(40)}` }, {}],
  ["none of another algorithm", { Checksum: `sha3-256:${HEX}` }, {}],
  ["none of a part", { Digest: "sha256:abc" }, {}],
  ["none of digits alone", { Checksum: HEX }, {}],
  ["none of what is behind", { Digest: `sha256:${HEX} ` }, {}],
  ["none where none is told", {}, {}],
])("artifactDigest gives %s digest", (_, extra, digest) => {
  expect(artifactDigest({ ...ARTIFACT, extra })).toEqual(digest);
});

test("artifactDigest gives none of an artifact without extras", () => {
  expect(ARTIFACTS.map((artifact) => artifactDigest(artifact))).toMatchObject([{ sha256: HEX }, { sha256: HEX }, {}]);
  expect(artifactDigest(ARTIFACT)).toEqual({});
});
