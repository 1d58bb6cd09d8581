import { expect, test } from "vitest";
import * as oci from "../src/index.ts";

test("exports what its callers use and nothing else", () => {
  expect(Object.keys(oci).toSorted()).toEqual([
    "OciError",
    "attToBundle",
    "attach",
    "confirmImage",
    "createHelmInventory",
    "createLayoutStore",
    "createOciDepository",
    "createOciInventory",
    "createOciStore",
    "createRegistry",
    "createSidecarStore",
    "formatReference",
    "formatRepository",
    "hashArchive",
    "imagePurl",
    "listImages",
    "listPlatforms",
    "matchPushed",
    "observeImages",
    "openLayout",
    "parseImagePurl",
    "parseReference",
    "parseRepository",
    "platformLocation",
    "readBuilderOutput",
    "readCredentials",
    "registryLocation",
    "roleOfDigest",
    "subjectsOfImage",
  ]);
});
