import { describe, expect, test } from "vitest";
import {
  formatImageDigests,
  groupImages,
  imageDigestsOf,
  parseArtifacts,
  parseChecksums,
  parseImageDigests,
} from "../src/index.ts";
import { readFixture } from "./fixture.ts";
import { codeOf, errorOf } from "./thrown.ts";

const INDEX = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const OTHER = "f2c82decdd7181cf98945929a62598db7e6b477e11f6e0eb0ae97020eff151ad";
const HOST = "registry.example:5000/acme";
const image = (tag: string, type: string, internal_type: number, Digest?: string): object => ({
  name: `${HOST}/${tag}`,
  path: `${HOST}/${tag}`,
  type,
  internal_type,
  extra: { ID: "widget", ...(Digest !== undefined && { Digest }) },
});

describe("the images of a run in which one was not pushed, and one has no digest", () => {
  const artifacts = parseArtifacts(
    JSON.stringify([
      image("widget:1.4.0", "Docker Manifest", 11, `sha256:${INDEX}`),
      image("widget:latest", "Docker Manifest", 11, `sha256:${INDEX}`),
      image("widget:1.4.0-amd64", "Docker Image", 9),
      image("tool:1.4.0", "Docker Image", 37),
    ]),
  );
  const digests = `${INDEX}  ${HOST}/widget:1.4.0\n${INDEX}  ${HOST}/widget:latest\n  ${HOST}/tool:1.4.0\n`;
  const grouped = [
    { repository: `${HOST}/widget`, tags: ["1.4.0", "latest"], digest: { sha256: INDEX } },
    { repository: `${HOST}/tool`, tags: ["1.4.0"], digest: {} },
  ];

  test("are one with two tags, and one that the registry must be asked for", () => {
    expect(groupImages(imageDigestsOf(artifacts))).toEqual(grouped);
  });

  test("are the same by digests.txt, and by both", () => {
    const listed = parseImageDigests(digests, "digests.txt");
    expect(groupImages(listed)).toEqual(grouped);
    expect(groupImages([...imageDigestsOf(artifacts), ...listed])).toEqual(grouped);
  });

  test("are refused where digests.txt is taken for a checksum file", () => {
    const error = errorOf(() => parseChecksums(digests, "digests.txt"));
    expect(error).toMatchObject({ code: "CHECKSUM_LINE", message: expect.stringContaining("digests.txt, line 3") });
  });
});

test("the images that a real GoReleaser pushed are told alike by artifacts.json and digests.txt", () => {
  const told = groupImages(imageDigestsOf(parseArtifacts(readFixture("2.16.0/artifacts.json"))));
  expect(told.map(({ repository, tags }) => [repository, tags])).toEqual([
    [`${HOST}/widget`, ["1.4.0-amd64"]],
    [`${HOST}/widget`, ["1.4.0-arm64"]],
    [`${HOST}/widget`, ["1.4.0", "latest"]],
    [`${HOST}/tool`, ["1.4.0", "latest"]],
  ]);
  const text = readFixture("2.16.0/digests.txt");
  expect(new Set(groupImages(parseImageDigests(text, "digests.txt")))).toEqual(new Set(told));
  expect(formatImageDigests(parseImageDigests(text, "digests.txt").toReversed())).toBe(text);
});

describe("groupImages", () => {
  test.each([
    ["localhost:5000/widget", { repository: "localhost:5000/widget", tags: [] }],
    ["localhost:5000", { repository: "localhost", tags: ["5000"] }],
    ["[::1]:5000/a/b-c.d__e:v1", { repository: "[::1]:5000/a/b-c.d__e", tags: ["v1"] }],
    ["acme/widget:1.4.0_x", { repository: "acme/widget", tags: ["1.4.0_x"] }],
    [`acme/widget:1@sha256:${INDEX}`, { repository: "acme/widget", tags: ["1"], digest: { sha256: INDEX } }],
    [`acme/widget@sha256:${INDEX}`, { repository: "acme/widget", tags: [], digest: { sha256: INDEX } }],
  ])("reads %s", (reference, expected) => {
    expect(groupImages([{ reference, digest: {} }])).toEqual([{ digest: {}, ...expected }]);
  });

  test("takes the digest from whoever tells it, and none for another's", () => {
    const digest = { sha256: INDEX };
    expect(
      groupImages([
        { reference: "a/b:1", digest: {} },
        { reference: `a/b:1@sha256:${INDEX}`, digest: { ...digest, sha512: "a".repeat(128) } },
        { reference: "a/b:2", digest: {} },
        { reference: "a/b:3", digest: {} },
        { reference: "a/b:4", digest: { sha512: "b".repeat(128) } },
        { reference: "a/b:5", digest: { sha512: "b".repeat(128) } },
        { reference: "a/c:1", digest },
        { reference: "a/b:1", digest: { sha256: OTHER } },
      ]),
    ).toEqual([
      { repository: "a/b", tags: ["1"], digest: { ...digest, sha512: "a".repeat(128) } },
      { repository: "a/b", tags: ["2"], digest: {} },
      { repository: "a/b", tags: ["3"], digest: {} },
      { repository: "a/b", tags: ["4", "5"], digest: { sha512: "b".repeat(128) } },
      { repository: "a/c", tags: ["1"], digest },
      { repository: "a/b", tags: ["1"], digest: { sha256: OTHER } },
    ]);
  });

  test.each([
    ["", {}],
    ["Acme/Widget:1", {}],
    ["a b:1", {}],
    ["a/b:", {}],
    ["https://a/b:1", {}],
    ["a/../b:1", {}],
    [`a/b:${"1".repeat(129)}`, {}],
    [`a/b@sha1:${INDEX.slice(24)}`, {}],
    [`a${"/a".repeat(512)}`, {}],
    [`a/b:1@sha256:${INDEX}`, { sha256: OTHER }],
  ])("refuses %s", (reference, digest) => {
    expect(codeOf(() => groupImages([{ reference, digest }]))).toBe("IMAGE_REFERENCE");
  });
});

describe("digests.txt", () => {
  test("is read from bytes, with any line breaks, and written sorted", () => {
    const file = Buffer.from(
      `\ufeff${INDEX.toUpperCase()}  b/b:1\r\n\r\n   a/a:1\n${"c".repeat(128)} *`.replace(" *", " c/c"),
    );
    const images = parseImageDigests(file, "digests.txt");
    expect(images).toEqual([
      { reference: "b/b:1", digest: { sha256: INDEX } },
      { reference: "a/a:1", digest: {} },
      { reference: "c/c", digest: { sha512: "c".repeat(128) } },
    ]);
    expect(parseImageDigests(file.toString(), "digests.txt")).toEqual(images);
    expect(formatImageDigests(images)).toBe(`  a/a:1\n${INDEX}  b/b:1\n${"c".repeat(128)}  c/c\n`);
  });

  test.each([
    ["a reference alone", "a/b:1\n", "CHECKSUM_LINE"],
    ["two references", `${INDEX}  a/b:1 a/b:2\n`, "CHECKSUM_LINE"],
    ["part of a digest", `${INDEX.slice(1)}  a/b:1\n`, "CHECKSUM_ALGORITHM"],
    ["a weak digest", `${INDEX.slice(24)}  a/b:1\n`, "CHECKSUM_ALGORITHM"],
    ["a name that is no image's", `${INDEX}  ../widget.tar.gz\n`, "IMAGE_REFERENCE"],
    ["more images than are read", "  a\n".repeat(100_001), "TOO_LARGE"],
  ])("is refused with %s", (_, text, code) => {
    expect(codeOf(() => parseImageDigests(text, "digests.txt"))).toBe(code);
  });

  test("is not written with what is no image", () => {
    expect(codeOf(() => formatImageDigests([{ reference: "a\nb", digest: {} }]))).toBe("IMAGE_REFERENCE");
  });
});
