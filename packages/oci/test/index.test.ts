import { expect, test } from "vitest";
import * as oci from "../src/index.ts";

test("exports what its callers use and nothing else", () => {
  expect(Object.keys(oci).toSorted()).toEqual([
    "OciError",
    "attToBundle",
    "attach",
    "createLayoutStore",
    "createOciDepository",
    "createOciInventory",
    "createOciStore",
    "createRegistry",
    "formatReference",
    "formatRepository",
    "imagePurl",
    "listImages",
    "listPlatforms",
    "openLayout",
    "parseReference",
    "parseRepository",
    "platformLocation",
    "readCredentials",
    "registryLocation",
    "roleOfDigest",
  ]);
});
