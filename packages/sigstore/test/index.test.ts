import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import * as api from "../src/index.ts";
import * as signing from "../src/sign/index.ts";

test("exports what callers use and nothing else", () => {
  expect(Object.keys(api).toSorted()).toEqual([
    "SigstoreError",
    "createCachedVerifier",
    "createParallelVerifier",
    "createTrustSource",
    "createVerifier",
    "inspectBundle",
    "loadLibraries",
    "splitAttestations",
    "trustFromFile",
    "trustFromSeeds",
    "trustFromTuf",
  ]);
});

test("exports signing apart", () => {
  expect(Object.keys(signing).toSorted()).toEqual([
    "SigstoreError",
    "chooseServices",
    "createHookSigner",
    "createKeySigner",
    "createKeylessSigner",
    "createRekorV1Witness",
    "createRekorV2Witness",
    "createTimestampWitness",
    "parseSigningConfig",
    "readSigningKey",
    "signMessage",
  ]);
});

/** What of `node_modules` is loaded with an entry; modules loaded by `import` are told by the loader's own log. */
async function loadedWith(path: string): Promise<string[]> {
  const entry = new URL(path, import.meta.url).href;
  const script = `
    import { createRequire, registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    await import(${JSON.stringify(entry)});
    loaded.push(...Object.keys(createRequire(${JSON.stringify(entry)}).cache));
    console.log(JSON.stringify(loaded.filter((url) => url.includes("node_modules") || url.includes("/src/sign/"))));
  `;
  const args = ["--conditions=@colophon/source", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as string[];
}

test("loads neither libraries nor signing until there is something to verify", async () => {
  expect(await loadedWith("../src/index.ts")).toEqual([]);
});

test("loads no library for signing until a timestamp or a key of cosign's needs it", async () => {
  const loaded = await loadedWith("../src/sign/index.ts");
  expect(loaded.filter((url) => url.includes("node_modules"))).toEqual([]);
  expect(loaded.some((url) => url.endsWith("/src/sign/keyless.ts"))).toBe(true);
});
