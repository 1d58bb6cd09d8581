import { expect, test } from "vitest";
import * as oci from "../src/index.ts";

test("exports what its callers use and nothing else", () => {
  expect(Object.keys(oci).toSorted()).toEqual([
    "OciError",
    "attToBundle",
    "attach",
    "confirmImage",
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
    "subjectsOfImage",
  ]);
});
