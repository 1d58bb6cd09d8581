import { expect, test } from "vitest";
import { isFullSemverTag, isUnderVersionedTag } from "../src/semver-tag.ts";

test.each([
  ["refs/tags/v1.2.3", true],
  ["refs/tags/v10.20.30", true],
  ["refs/tags/v1.2", false],
  ["refs/tags/v1", false],
  ["refs/tags/v1.2.3.4", false],
  ["refs/tags/v1.2.x", false],
  ["refs/tags/main", false],
  ["refs/tags/sub/v1.2.3", false],
  ["refs/tags/v1.2.3\n", false],
  ["refs/tags/xv1.2.3", false],
  ["refs/tags/1.2.3", false],
  ["refs/tags/v1.2.3-rc.1", false],
  ["refs/tags/v1.2.3+build.7", false],
  ["refs/heads/v1.2.3", false],
  ["refs/heads/main", false],
  ["refs/pull/v1.2.3", false],
  ["v1.2.3", false],
  ["1111111111111111111111111111111111111111", false],
  ["", false],
])("%j is a full semver tag: %s", (ref, is) => {
  expect(isFullSemverTag(ref)).toBe(is);
});

test.each<[tag: string, ref: string, boolean]>([
  ["v13.0.30", "refs/tags/v13.0.30", true],
  ["v13.0", "refs/tags/v13.0.30", true],
  ["v13", "refs/tags/v13.0.30", true],
  ["v13.0", "refs/tags/v13.1.0", false],
  ["v13.1", "refs/tags/v13.0.30", false],
  ["v12.9", "refs/tags/v13.0.30", false],
  ["v13.0.29", "refs/tags/v13.0.30", false],
  ["v13.0.3", "refs/tags/v13.0.30", false],
  ["v2", "refs/tags/v13.0.30", false],
  ["v1", "refs/tags/v13.0.30", false],
  ["v0", "refs/tags/v13.0.30", false],
  // parts that the ref leaves out are zero
  ["v14", "refs/tags/v14", true],
  ["v14.0", "refs/tags/v14", true],
  ["v14.0.0", "refs/tags/v14", true],
  ["v14.1", "refs/tags/v14", false],
  ["v14", "refs/tags/v14.2", true],
  ["v14.2", "refs/tags/v14.2", true],
  ["v14.2.0", "refs/tags/v14.2", true],
  ["v14.2.1", "refs/tags/v14.2", false],
  ["v15", "refs/tags/v14", false],
  // a prerelease counts once all three parts are named, build metadata never does
  ["v13.0", "refs/tags/v13.0.30-rc.1", true],
  ["v13.0.30", "refs/tags/v13.0.30-rc.1", false],
  ["v13.0.30-rc.1", "refs/tags/v13.0.30-rc.1", true],
  ["v13.0.30-rc.1", "refs/tags/v13.0.30", false],
  ["v13.0.30-rc.1", "refs/tags/v13.0.30-rc.2", false],
  ["v13.0.30-rc.1", "refs/tags/v13.0.30-beta-rc.1", false],
  ["v13.0.30", "refs/tags/v13.0.30+build.7", true],
  ["v13.0.30-rc.1+build.6", "refs/tags/v13.0.30-rc.1+build.7", true],
  // other refs
  ["v13.0", "refs/heads/v13.0.30", false],
  ["v13.0", "refs/heads/main", false],
  ["v13.0", "refs/pull/v13.0.30", false],
  ["v13.0", "v13.0.30", false],
  ["v1", "refs/tags/v1\n", false],
  // tags that are no versions
  ["nightly", "refs/tags/nightly", true],
  ["nightly", "refs/tags/nightly-2", false],
  ["@acme/widget@1.0", "refs/tags/@acme/widget@1.0", true],
  ["@acme/widget@1.0", "refs/tags/@acme/widget@1.0.0", false],
  ["v1.x", "refs/tags/v1.2.3", false],
])("under the tag %s lies %s: %s", (tag, ref, is) => {
  expect(isUnderVersionedTag(ref, tag)).toBe(is);
});
