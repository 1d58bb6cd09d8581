import { expect, test } from "vitest";
import { nearbyVersions, selectVersions } from "../../src/inventory/select.ts";
import type { Packument, PublishedVersion } from "../../src/packument/packument.ts";

const PUBLISHED: PublishedVersion = { digest: {}, signed: false, repository: null, deprecated: null };

function packumentOf(versions: readonly string[], distTags: Readonly<Record<string, string>> = {}): Packument {
  return {
    versions: new Map(versions.map((version) => [version, PUBLISHED])),
    distTags: new Map(Object.entries(distTags)),
    publishedAt: new Map(),
    malformed: new Map(),
  };
}

const VERSIONS = ["1.0.0", "1.2.0-beta.1", "1.2.0", "2.0.0-rc.1", "2.0.0", "2.0.0+build", "odd"];

test.each([
  [undefined, VERSIONS],
  ["1.2.0", ["1.2.0"]],
  ["v1.2.0", ["1.2.0"]],
  ["=1.2.0", ["1.2.0"]],
  ["odd", ["odd"]],
  ["2.0.0+build", ["2.0.0+build"]],
  ["^1.0.0", ["1.0.0", "1.2.0-beta.1", "1.2.0"]],
  ["<2", ["1.0.0", "1.2.0-beta.1", "1.2.0"]],
  [">=2.0.0-0", ["2.0.0-rc.1", "2.0.0", "2.0.0+build"]],
  ["1.x || 2.0.0", ["1.0.0", "1.2.0-beta.1", "1.2.0", "2.0.0", "2.0.0+build"]],
  ["*", ["1.0.0", "1.2.0-beta.1", "1.2.0", "2.0.0-rc.1", "2.0.0", "2.0.0+build"]],
  ["next", ["2.0.0-rc.1"]],
  ["9.9.9", []],
])("takes %s for %j", (range, expected) => {
  const selection = selectVersions(range, packumentOf(VERSIONS, { next: "2.0.0-rc.1" }));
  if (selection.matches === null) throw new TypeError("nothing was selected");
  expect(VERSIONS.filter(selection.matches)).toEqual(expected);
});

test("selects nothing for a word that is no tag, and for a tag that dangles", () => {
  const packument = packumentOf(VERSIONS, { gone: "3.0.0" });
  expect(selectVersions("nonsense", packument)).toEqual({ matches: null, tag: "nonsense", version: null });
  expect(selectVersions("gone", packument)).toEqual({ matches: null, tag: "gone", version: "3.0.0" });
  expect(selectVersions("__proto__", packument)).toEqual({ matches: null, tag: "__proto__", version: null });
});

test.each([
  ["1.1.0", ["1.0.0", "1.2.0", "2.0.0"]],
  ["0.1.0", ["1.0.0", "1.2.0", "2.0.0"]],
  ["9.0.0", ["1.2.0", "2.0.0", "3.0.0"]],
  ["^2.5.0", ["1.2.0", "2.0.0", "3.0.0"]],
  ["nonsense", ["1.2.0", "2.0.0", "3.0.0"]],
])("names at most three versions near %s", (range, expected) => {
  expect(nearbyVersions(range, ["3.0.0", "1.0.0", "odd", "2.0.0", "1.2.0"])).toEqual(expected);
});

test("names fewer where there are fewer", () => {
  expect(nearbyVersions("1.1.0", ["1.0.0"])).toEqual(["1.0.0"]);
  expect(nearbyVersions("1.1.0", [])).toEqual([]);
});
