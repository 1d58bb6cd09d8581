import { expect, test } from "vitest";
import { compareVersions, latestVersion, selectVersions } from "../../src/helm/select.ts";

const VERSIONS = ["0.9.0", "1.4.0-rc.1", "1.4.0", "1.4.0+build.7", "1.4.0+build.8", "v1.5", "2.0.0-rc.1"];

test.each<[string | undefined, readonly string[] | undefined]>([
  [undefined, VERSIONS],
  ["1.4.0", ["1.4.0"]],
  ["1.4.0+build.7", ["1.4.0+build.7"]],
  ["1.4.0+build.9", []],
  ["v0.9.0", ["0.9.0"]],
  ["1.5", ["v1.5"]],
  ["1.5.0", ["v1.5"]],
  ["latest", ["v1.5"]],
  ["^1.4", ["1.4.0-rc.1", "1.4.0", "1.4.0+build.7", "1.4.0+build.8", "v1.5"]],
  [">=1.4.0+build.7 <1.5", ["1.4.0", "1.4.0+build.7", "1.4.0+build.8"]],
  ["2", ["2.0.0-rc.1"]],
  ["9.9.9", []],
  ["edge", undefined],
])("behind the @ %s means %j", (range, expected) => {
  expect(selectVersions(VERSIONS, range)).toEqual(expected);
});

test("the latest version is the highest that is no prerelease, by number and build", () => {
  expect(VERSIONS.toReversed().toSorted(compareVersions)).toEqual(VERSIONS);
  expect(latestVersion(["1.9.0", "1.10.0", "2.0.0-rc.1"])).toBe("1.10.0");
  expect(latestVersion(["2.0.0-rc.1"])).toBeUndefined();
});
