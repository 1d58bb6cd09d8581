import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import * as api from "../src/index.ts";

test("exports what callers use and nothing else", () => {
  expect(Object.keys(api).toSorted()).toEqual([
    "SigstoreError",
    "createCachedVerifier",
    "createParallelVerifier",
    "createTrustSource",
    "createVerifier",
    "inspectBundle",
    "splitAttestations",
    "trustFromFile",
    "trustFromSeeds",
    "trustFromTuf",
  ]);
});

test("loads none of the Sigstore libraries until there is something to verify", async () => {
  const entry = new URL("../src/index.ts", import.meta.url).href;
  const script = `
    import { createRequire } from "node:module";
    await import(${JSON.stringify(entry)});
    const loaded = Object.keys(createRequire(${JSON.stringify(entry)}).cache);
    console.log(JSON.stringify(loaded.filter((path) => path.includes("sigstore") && path.includes("node_modules"))));
  `;
  const args = ["--conditions=@colophon/source", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual([]);
});
