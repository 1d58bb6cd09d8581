import { expect, test } from "vitest";
import * as publish from "../../src/publish/index.ts";

test("exports what plugins use and nothing else", () => {
  expect(Object.keys(publish).toSorted()).toEqual([
    "NpmError",
    "canTakeProvenanceFile",
    "checkManifest",
    "createNpmPublication",
    "packPackage",
    "parsePublishSummary",
    "publishTarball",
    "readFolderManifest",
    "readTarballManifest",
    "toolVersion",
  ]);
});
