import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Receipt } from "@colophon/core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { runTool } from "../src/tools.ts";
import { startVerdaccio, type Verdaccio } from "../src/verdaccio.ts";
import { makeSigningWorld, type SigningWorld } from "./colophon.ts";
import { fetchPackument } from "./packument.ts";
import { manifest, packageOf, receiptOf, told } from "./packages.ts";

let verdaccio: Verdaccio;
beforeAll(async () => void (verdaccio = await startVerdaccio()));
afterAll(() => verdaccio.close());

async function open(files: Record<string, string>, npm: "npm-11" | "npm-12" = "npm-11"): Promise<SigningWorld> {
  return await makeSigningWorld({ registry: verdaccio, npm, files });
}

describe("a package on a registry that knows nothing of attestations", () => {
  test.each(["npm-11", "npm-12"] as const)(
    "is published and proven by %s, and a second run does neither again",
    async (npm) => {
      const name = `@acme/once-${npm}`;
      const world = await open(packageOf(name), npm);
      const first = await world.run("colophon-npm-publish", ["--json", "--", "publish", "--tag", "next"]);
      expect(first.code, first.stderr).toBe(0);
      const receipt = receiptOf(first);
      expect(told(receipt)).toEqual([[`once-${npm}@1.0.0`, true, "now", undefined]]);
      expect(receipt.objects[0]?.published?.digestFrom).toBe("registry-bytes");
      expect((await fetchPackument(verdaccio, name))["dist-tags"]).toMatchObject({ next: "1.0.0" });

      const out = "dist/colophon";
      const tarball = `acme-once-${npm}-1.0.0.tgz`;
      const verify = [`${out}/tarballs/${tarball}`, "--bundle", `${out}/${tarball}.sigstore.json`];
      const source = ["--source-repository", "https://github.com/acme/widgets"];
      expect(await world.run("colophon", ["verify", ...verify, ...source])).toMatchObject({ code: 0 });

      const signed = world.sigstore.requests.length;
      const second = await world.run("colophon-npm-publish", ["--json", "--", "publish", "--tag", "next"]);
      expect(second.code, second.stderr).toBe(0);
      expect(told(receiptOf(second))).toEqual([[`once-${npm}@1.0.0`, true, "earlier", undefined]]);
      expect(world.sigstore.requests.length).toBe(signed);

      // The registry tells of no attestation, and coverage says so instead of calling the package unproven.
      const coverage = await world.run("colophon", ["coverage", `npm:${name}`, "--registry", verdaccio.url, "--json"]);
      expect(JSON.parse(coverage.stdout)).toMatchObject({
        objects: [{ status: "unknown", reason: { code: "attestations-not-carried" } }],
      });
    },
  );

  test("is told as taken where other bytes are there, and nothing is signed", async () => {
    const world = await open(packageOf("@acme/taken"));
    expect(await world.run("colophon-npm-publish", [])).toMatchObject({ code: 0 });
    await writeFile(join(world.repository.folder, "index.js"), "export {};\n");
    const signed = world.sigstore.requests.length;
    const again = await world.run("colophon-npm-publish", ["--json"]);
    expect(again.code).toBe(1);
    expect(told(receiptOf(again))).toEqual([["taken@1.0.0", false, "not", "version-taken"]]);
    expect(world.sigstore.requests.length).toBe(signed);
  });

  test("is shown with its plan in a dry run, which publishes and signs nothing", async () => {
    const world = await open(packageOf("@acme/dry"));
    const { code, stdout } = await world.run("colophon-npm-publish", ["--", "npm", "publish", "--dry-run"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining("pkg:npm/%40acme/dry@1.0.0") as string,
    });
    expect(Object.keys((await fetchPackument(verdaccio, "@acme/dry")).versions)).toEqual([]);
    expect(world.sigstore.requests).toEqual([]);
  });

  test("is published though the log fails, says so, and is proven by a second run", async () => {
    const world = await open(packageOf("@acme/unlogged"));
    world.sigstore.respond(/log\/entries/u, [502, 502, 502, 502, 502, 502, 502, 502]);
    const failed = await world.run("colophon-npm-publish", ["--json"]);
    expect(failed.code, failed.stderr).toBe(3);
    expect(told(receiptOf(failed))).toEqual([["unlogged@1.0.0", false, "now", undefined]]);
    world.sigstore.respond(/log\/entries/u, []);
    const again = await world.run("colophon-npm-publish", ["--json"]);
    expect(again.code, again.stderr).toBe(0);
    expect(told(receiptOf(again))).toEqual([["unlogged@1.0.0", true, "earlier", undefined]]);
  });
});

test("a package that builds in prepublishOnly is built, and its registry can be named", async () => {
  const elsewhere = await startVerdaccio();
  onTestFinished(() => elsewhere.close());
  const scripts = { prepublishOnly: "mkdir -p lib && echo 1 > lib/index.js" };
  const world = await open(packageOf("@acme/built", { version: "1.0.0+build.7", files: ["lib"], scripts }));
  await appendFile(
    join(world.env["HOME"] ?? "", ".npmrc"),
    `//${new URL(elsewhere.url).host}/:_authToken=${elsewhere.token}\n`,
  );
  const done = await world.run("colophon-npm-publish", ["--json", "--registry", elsewhere.url]);
  expect(done.code, done.stderr).toBe(0);
  expect(done.stderr).toContain("lib/index.js");
  // A registry lists no build metadata.
  expect(told(receiptOf(done))).toEqual([["built@1.0.0", true, "now", undefined]]);
  expect(Object.keys((await fetchPackument(elsewhere, "@acme/built")).versions)).toEqual(["1.0.0"]);
  expect(Object.keys((await fetchPackument(verdaccio, "@acme/built")).versions)).toEqual([]);
});

test("a tarball is published at the registry that it names, from the output folder too, and nothing there is lost", async () => {
  const world = await open(packageOf("@acme/kept", { publishConfig: { registry: verdaccio.url } }));
  const { folder } = world.repository;
  const tarballs = join(folder, "dist/colophon/tarballs");
  await mkdir(tarballs, { recursive: true });
  await runTool("npm-11", ["pack", "--pack-destination", tarballs], { cwd: folder, env: { ...world.env } });
  await writeFile(join(tarballs, "other"), "of somebody");
  const host = new URL(verdaccio.url).host;
  await writeFile(
    join(world.env["HOME"] ?? "", ".npmrc"),
    `registry=http://127.0.0.1:9/\n//${host}/:_authToken=${verdaccio.token}\n`,
  );
  const done = await world.run("colophon-npm-publish", ["--json", "dist/colophon/tarballs/acme-kept-1.0.0.tgz"]);
  expect(done.code, done.stderr).toBe(0);
  expect(told(receiptOf(done))).toEqual([["kept@1.0.0", true, "now", undefined]]);
  expect(await readFile(join(tarballs, "other"), "utf8")).toBe("of somebody");
});

test("tarballs are published in the order of their needs too", async () => {
  const world = await open({
    "package.json": manifest("@acme/needs", { dependencies: { "@acme/needed": "1" } }),
    "needed/package.json": manifest("@acme/needed"),
  });
  const { folder } = world.repository;
  for (const place of [".", "needed"])
    await runTool("npm-11", ["pack", "--pack-destination", folder], {
      cwd: join(folder, place),
      env: { ...world.env },
    });
  await writeFile(join(world.env["HOME"] ?? "", ".npmrc"), `registry=${verdaccio.url}/\n`);
  const done = await world.run("colophon-npm-publish", ["--json", "acme-needs-1.0.0.tgz", "acme-needed-1.0.0.tgz"]);
  expect(told(receiptOf(done))).toEqual([
    ["needs@1.0.0", false, "not", "dependency-not-published"],
    ["needed@1.0.0", false, "not", "publish-failed"],
  ]);
});

test("a file of somebody else's in the place of a bundle: nothing is published", async () => {
  const world = await open({ ...packageOf("@acme/placed"), "dist/colophon/acme-placed-1.0.0.tgz.sigstore.json": "{}" });
  const done = await world.run("colophon-npm-publish", ["--json"]);
  expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining("(OUTPUT_FOREIGN)") as string });
  expect(Object.keys((await fetchPackument(verdaccio, "@acme/placed")).versions)).toEqual([]);
});

describe("what is refused before anything is published or signed", () => {
  test.each<[string, string, object]>([
    ["declares no repository", "repository-undeclared", { repository: undefined }],
    ["declares another repository", "repository-differs", { repository: "acme/other" }],
    ["spells its repository in another case", "repository-differs", { repository: "Acme/Widgets" }],
    ["needs what only its workspace has", "unresolved-specifier", { dependencies: { "@acme/core": "workspace:*" } }],
    ["is private", "NOTHING_TO_PUBLISH", { private: true }],
    ["has no version", "NOTHING_TO_PUBLISH", { version: undefined }],
  ])("a package that %s: %s", async (_, code, change) => {
    const world = await open(packageOf("@acme/unfit", change));
    const done = await world.run("colophon-npm-publish", ["--json"]);
    expect(done).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(`(${code})\n  → `) as string });
    expect(world.sigstore.requests).toEqual([]);
    expect(Object.keys((await fetchPackument(verdaccio, "@acme/unfit")).versions)).toEqual([]);
    const receipt = JSON.parse(
      await readFile(join(world.repository.folder, "dist/colophon/receipt.json"), "utf8"),
    ) as Receipt;
    expect(receipt.status).toBe("refused");
  });

  test("an identity that is not to be had", async () => {
    const world = await open(packageOf("@acme/nobody"));
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" };
    const done = await world.run("colophon-npm-publish", [], { env });
    expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining("id-token: write") as string });
    expect(Object.keys((await fetchPackument(verdaccio, "@acme/nobody")).versions)).toEqual([]);
  });

  test("a script that fails, told in lines as it printed them", async () => {
    const world = await open(packageOf("@acme/failing", { scripts: { prepack: "echo one; echo two; exit 3" } }));
    const done = await world.run("colophon-npm-publish", []);
    expect(done.code).toBe(2);
    expect(done.stderr).toMatch(
      /colophon-npm-publish: npm pack failed with exit code 3\n(?: {4}.*\n)+ {4}one\n {4}two\n/,
    );
  });

  test("a tarball that is none", async () => {
    const world = await open(packageOf("@acme/none"));
    await writeFile(join(world.repository.folder, "x.tgz"), "no tarball");
    const done = await world.run("colophon-npm-publish", ["x.tgz"]);
    expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining("(TARBALL_UNREADABLE)") as string });
  });

  test.each([
    ["--provenance", "sometimes"],
    ["--read-back-timeout", "forever"],
    ["--nonsense"],
    ["--", "npm", "publish", "--provenance"],
    ["--", "pnpm", "publish", "--filter", "./packages/**"],
    ["--", "npm", "publish", "-w", "nowhere"],
  ])("a command line with %j %j", async (...args) => {
    const world = await open(packageOf("@acme/usage"));
    expect(await world.run("colophon-npm-publish", args)).toMatchObject({ code: 2, stdout: "" });
  });
});

test("a registry without a token for it is told, and nothing is signed", async () => {
  const world = await open(packageOf("@acme/denied"));
  await writeFile(join(world.env["HOME"] ?? "", ".npmrc"), `registry=${verdaccio.url}/\n`);
  const done = await world.run("colophon-npm-publish", ["--json"]);
  expect(done.code).toBe(1);
  expect(told(receiptOf(done))).toEqual([["denied@1.0.0", false, "not", "publish-failed"]]);
  expect(receiptOf(done).objects[0]?.reason?.message).toContain("ENEEDAUTH");
  expect(world.sigstore.requests).toEqual([]);
});
