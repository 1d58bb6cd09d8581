import { expect, test } from "vitest";
import * as workspace from "../src/index.ts";

test("exports what its callers use and nothing else", () => {
  expect(Object.keys(workspace).toSorted()).toEqual([
    "WorkspaceError",
    "attestationFiles",
    "checkChecksums",
    "createFolderDepository",
    "findFiles",
    "findPackages",
    "hashFile",
    "hashFiles",
    "openOutputFolder",
    "readGitFacts",
    "readLockfile",
  ]);
});
