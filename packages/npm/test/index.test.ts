import { expect, test } from "vitest";
import * as npm from "../src/index.ts";

test("exports what its callers use and nothing else", () => {
  expect(Object.keys(npm).toSorted()).toEqual([
    "NpmError",
    "createNpmInventory",
    "createNpmStore",
    "fetchTarballDigest",
    "readNpmConfig",
  ]);
});
