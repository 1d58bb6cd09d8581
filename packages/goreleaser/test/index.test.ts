import { expect, test } from "vitest";
import * as goreleaser from "../src/index.ts";

test("exports what its callers use and nothing else", () => {
  expect(Object.keys(goreleaser).toSorted()).toEqual([
    "GoreleaserError",
    "artifactDigest",
    "formatArtifacts",
    "formatChecksums",
    "formatImageDigests",
    "formatMetadata",
    "groupImages",
    "imageDigestsOf",
    "parseArtifacts",
    "parseChecksums",
    "parseImageDigests",
    "parseMetadata",
    "roleOf",
    "withoutSignatures",
  ]);
});
