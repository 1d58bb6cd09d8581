import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runTool, type ToolResult } from "../src/tools.ts";
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

const WORKSPACE = {
  "package.json": JSON.stringify({ name: "root", version: "0.0.0", private: true, workspaces: ["packages/*"] }),
  "packages/core/package.json": manifest("@acme/core"),
  "packages/ui/package.json": manifest("@acme/ui", { dependencies: { "@acme/core": "^1.0.0" } }),
  "packages/tool/package.json": manifest("@acme/tool", { private: true }),
};

test("a workspace is published in the order of its needs, each package proven, the private one left out and said so", async () => {
  const world = await open(WORKSPACE);
  const done = await world.run("colophon-npm-publish", ["--json", "--", "npm", "publish", "--workspaces"]);
  expect(done.code, done.stderr).toBe(0);
  const receipt = receiptOf(done);
  expect(told(receipt)).toEqual([
    ["core@1.0.0", true, "now", undefined],
    ["ui@1.0.0", true, "now", undefined],
  ]);
  expect(receipt.warnings).toContainEqual({
    code: "package-private",
    message: "@acme/tool is private, and not published",
  });
  expect(receipt.statements.map(({ bundle }) => bundle)).toEqual([
    "acme-core-1.0.0.tgz.sigstore.json",
    "acme-ui-1.0.0.tgz.sigstore.json",
  ]);
});

test("of a workspace that is released again, what was not raised is left out, whatever was changed in it", async () => {
  const files = {
    "package.json": JSON.stringify({ name: "root", version: "0.0.0", private: true, workspaces: ["packages/*"] }),
    "packages/still/package.json": manifest("@acme/still"),
    "packages/raised/package.json": manifest("@acme/raised"),
  };
  const world = await open(files);
  const { folder } = world.repository;
  const publish = async (): Promise<ToolResult> => await world.run("colophon-npm-publish", ["--json", "--", "-ws"]);
  expect(await publish()).toMatchObject({ code: 0 });
  await rm(join(folder, "dist"), { recursive: true });
  await writeFile(join(folder, "packages/still/index.js"), "changed\n");
  await writeFile(join(folder, "packages/raised/package.json"), manifest("@acme/raised", { version: "1.1.0" }));
  const second = await publish();
  expect(second.code, second.stderr).toBe(0);
  expect(told(receiptOf(second))).toEqual([["raised@1.1.0", true, "now", undefined]]);
  expect(receiptOf(second).warnings.map(({ code }) => code)).toContain("version-not-raised");
});

test("a script that cleans dist does not take away what an earlier run has signed", async () => {
  const clean = { scripts: { prepack: "node -e \"require('fs').rmSync('dist', {recursive: true, force: true})\"" } };
  const world = await open(packageOf("@acme/clean", clean));
  expect(await world.run("colophon-npm-publish", [])).toMatchObject({ code: 0 });
  const signed = world.sigstore.requests.length;
  const second = await world.run("colophon-npm-publish", ["--json"]);
  expect(second.code, second.stderr).toBe(0);
  expect(receiptOf(second).statements).toMatchObject([{ signed: "earlier" }]);
  expect(world.sigstore.requests.length).toBe(signed);
});

test("a folder is published by its name, as npm takes it, and nothing of it where npm only tries", async () => {
  const world = await open({ "package.json": "{}", "packages/named/package.json": manifest("@acme/named") });
  const args = ["--json", "--", "npm", "publish", "./packages/named"];
  const tried = await world.run("colophon-npm-publish", args, { env: { npm_config_dry_run: "true" } });
  expect({ code: tried.code, out: tried.stdout }, tried.stderr).toEqual({
    code: 0,
    out: expect.stringContaining("pkg:npm/%40acme/named@1.0.0") as string,
  });
  expect(world.sigstore.requests).toEqual([]);
  const done = await world.run("colophon-npm-publish", args);
  expect(done.code, done.stderr).toBe(0);
  expect(told(receiptOf(done))).toEqual([["named@1.0.0", true, "now", undefined]]);
});

test("pnpm packs a workspace so that it can be installed, and its packages are proven", async () => {
  const world = await open({
    "package.json": JSON.stringify({ name: "root", version: "0.0.0", private: true }),
    "pnpm-workspace.yaml": "packages:\n  - 'packages/*'\n",
    "packages/base/package.json": manifest("@acme/base"),
    "packages/app/package.json": manifest("@acme/app", { dependencies: { "@acme/base": "workspace:^" } }),
  });
  const done = await world.run("colophon-npm-publish", ["--json", "--", "pnpm", "publish", "-r", "--no-git-checks"]);
  expect(done.code, done.stderr).toBe(0);
  expect(told(receiptOf(done))).toEqual([
    ["app@1.0.0", true, "now", undefined],
    ["base@1.0.0", true, "now", undefined],
  ]);
  const { versions } = await fetchPackument(verdaccio, "@acme/app");
  expect(versions["1.0.0"]?.dependencies).toEqual({ "@acme/base": "^1.0.0" });
});

describe("what another publisher has published", () => {
  test("is read back and attested: by npm's own publish", async () => {
    const world = await open(packageOf("@acme/elsewhere"));
    const { repository, env } = world;
    expect(await runTool("npm-11", ["publish"], { cwd: repository.folder, env: { ...env } })).toMatchObject({
      code: 0,
    });
    const done = await world.run("colophon-npm-publish", ["postpublish", "--json"]);
    expect(done.code, done.stderr).toBe(0);
    expect(told(receiptOf(done))).toEqual([["elsewhere@1.0.0", true, "earlier", undefined]]);
  });

  test("is refused where it is not what is packed here", async () => {
    const world = await open(packageOf("@acme/repacked"));
    const { repository, env } = world;
    expect(await runTool("npm-11", ["publish"], { cwd: repository.folder, env: { ...env } })).toMatchObject({
      code: 0,
    });
    await writeFile(join(repository.folder, "index.js"), "changed\n");
    const done = await world.run("colophon-npm-publish", ["postpublish", "--json"]);
    expect(done.code).toBe(1);
    expect(told(receiptOf(done))).toEqual([["repacked@1.0.0", false, "not", "version-taken"]]);
    expect(world.sigstore.requests).toEqual([]);
  });

  test("is waited for no longer than it is told to", async () => {
    const world = await open(packageOf("@acme/never"));
    const done = await world.run("colophon-npm-publish", ["postpublish", "--json", "--read-back-timeout", "0"]);
    expect(done.code, done.stderr).toBe(3);
    expect(told(receiptOf(done))).toEqual([["never@1.0.0", false, "not", "not-found"]]);
  });

  test("is taken from the summary that pnpm writes", async () => {
    const world = await open({
      "package.json": JSON.stringify({ name: "root", version: "0.0.0", private: true }),
      "pnpm-workspace.yaml": "packages:\n  - 'packages/*'\n",
      "packages/listed/package.json": manifest("@acme/listed"),
    });
    const { repository, env } = world;
    const published = await runTool("pnpm", ["publish", "-r", "--no-git-checks", "--report-summary"], {
      cwd: repository.folder,
      env: { ...env },
    });
    expect(published.code, published.stderr).toBe(0);
    const args = ["postpublish", "--summary", "pnpm-publish-summary.json", "--json", "--", "pnpm"];
    const done = await world.run("colophon-npm-publish", args);
    expect(done.code, done.stderr).toBe(0);
    expect(told(receiptOf(done))).toEqual([["listed@1.0.0", true, "earlier", undefined]]);
  });
});
