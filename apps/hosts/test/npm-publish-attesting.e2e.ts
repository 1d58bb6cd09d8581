import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Receipt } from "@colophon/core";
import { describe, expect, test } from "vitest";
import { covered, isPutOf, manifest, ONE, open, receiptOf, THREE, told } from "./attesting-world.ts";
import { COMMANDS } from "./colophon.ts";

describe("on a registry that attests what it publishes", () => {
  test.each(["npm-11", "npm-12"] as const)("%s makes its own provenance, and both are read back", async (npm) => {
    const world = await open(ONE, { npm });
    const { url } = world.there.registry;
    const { code, receipt, stderr } = await world.publish();
    expect(code, stderr).toBe(0);
    expect(told(receipt)).toEqual([["widget", true, "now", "proven", undefined]]);
    expect(await covered(world, url, "@acme/widget")).toEqual({ "widget@1.1.0": "verified" });
  });

  test("pnpm is asked for it too, and why it cannot sign is told: it takes public-good Sigstore's roots alone", async () => {
    const world = await open(ONE);
    const { code, receipt } = await world.publish("--", "pnpm", "publish", "--no-git-checks");
    expect(code).toBe(1);
    expect(told(receipt)).toEqual([["widget", false, "not", undefined, "publish-failed"]]);
    expect(receipt.objects[0]?.reason?.message).toContain("pnpm ended with ERR_PNPM_PROVENANCE_SIGN: ");
    expect(world.there.registry.publications).toEqual([]);
  });

  test("a lag is waited for, and one that is longer is told and taken up again", async () => {
    const short = await open(ONE, { lag: { packument: 1, tarball: 1, attestations: 1 } });
    expect(await short.publish()).toMatchObject({ code: 0 });
    const long = await open(ONE, { lag: { packument: 4 } });
    const first = await long.publish("--read-back-timeout", "0");
    expect(first.code, first.stderr).toBe(3);
    expect(told(first.receipt)).toEqual([["widget", false, "now", undefined, "not-found"]]);
    const second = await long.publish();
    expect(second.code, second.stderr).toBe(0);
    expect(long.there.registry.publications).toHaveLength(1);
  });

  test("an attestation that never appears leaves the package unproven, though ours is signed", async () => {
    const world = await open(ONE);
    world.there.registry.respond(/attestations/u, 404);
    const { code, receipt } = await world.publish("--read-back-timeout", "1");
    expect(code).toBe(3);
    expect(told(receipt)).toEqual([["widget", false, "now", "unreachable", "attestation-not-served"]]);
    expect(receipt.statements[0]?.status).toBe("sealed");
  });

  test("a registry that fails after it has accepted is not published to again", async () => {
    const world = await open(ONE);
    world.there.registry.respond(isPutOf("widget"), (usual) => ({ ...usual, status: 500 }));
    const { code, receipt, stderr } = await world.publish("--", "--fetch-retries=0");
    expect(code, stderr).toBe(0);
    expect(told(receipt)).toEqual([["widget", true, "now", "proven", undefined]]);
    expect(world.there.registry.publications).toHaveLength(1);
  });

  test("a registry that serves other bytes than it took is told, with both digests, and nothing of ours is signed", async () => {
    const world = await open(ONE);
    world.there.registry.respond(/\.tgz$/u, { status: 200, body: "other" });
    const { code, receipt } = await world.publish();
    expect(code).toBe(1);
    expect(told(receipt)).toEqual([["widget", false, "now", undefined, "published-bytes-differ"]]);
    expect(receipt.objects[0]?.reason?.message).toMatch(/sha512:[0-9a-f]{128}.*sha512:[0-9a-f]{128}/);
    expect(receipt.statements).toEqual([]);
    const seal = ["attest", "--seal", "dist/colophon/plan.json", "--json"];
    const sealed = await world.run("colophon", seal);
    expect(sealed.code).toBe(1);
    expect(receiptOf(sealed).statements).toMatchObject([{ status: "refused", reason: { code: "subject-changed" } }]);
    expect(world.sigstore.requests.filter(({ path }) => path.includes("timestamp"))).toEqual([]);
  });

  test("a plan of what was never published is sealed by no other command either", async () => {
    const world = await open(ONE);
    world.there.registry.respond(isPutOf("widget"), 403);
    expect(await world.publish()).toMatchObject({ code: 1 });
    const seal = ["attest", "--seal", "dist/colophon/plan.json", "--json"];
    const sealed = await world.run("colophon", seal);
    expect(sealed.code).toBe(1);
    expect(receiptOf(sealed).statements).toMatchObject([{ status: "refused", signed: "not" }]);
    world.there.registry.respond(/acme/u, 503);
    expect(await world.run("colophon", seal)).toMatchObject({ code: 3 });
  });
});

test("of three packages one fails: those that need it wait, the rest is proven, and a rerun completes", async () => {
  const world = await open(THREE);
  const { registry } = world.there;
  registry.respond(isPutOf("ui"), [403, "serve"]);
  const first = await world.publish("--", "npm", "publish", "--workspaces");
  expect(first.code, first.stderr).toBe(1);
  expect(told(first.receipt)).toEqual([
    ["app", false, "not", undefined, "dependency-not-published"],
    ["core", true, "now", "proven", undefined],
    ["ui", false, "not", undefined, "publish-failed"],
  ]);
  expect(await covered(world, registry.url, "@acme/core")).toEqual({ "core@1.1.0": "verified" });

  const second = await world.publish("--", "npm", "publish", "--workspaces");
  expect(second.code, second.stderr).toBe(0);
  expect(told(second.receipt)).toEqual([
    ["app", true, "now", "proven", undefined],
    ["core", true, "earlier", "proven", undefined],
    ["ui", true, "now", "proven", undefined],
  ]);
  expect(registry.publications.map(({ name }) => name)).toEqual(["@acme/core", "@acme/ui", "@acme/app"]);
  expect(await covered(world, registry.url, "@acme/core", "@acme/ui", "@acme/app")).toEqual({
    "core@1.1.0": "verified",
    "ui@1.1.0": "verified",
    "app@1.1.0": "verified",
  });
});

test("killed after the registry took the package, a rerun reads back and signs", async () => {
  const world = await open(ONE);
  const { registry, sigstore, env } = world.there;
  const asked = Promise.withResolvers<void>();
  registry.respond(({ path }) => path.endsWith(".tgz") && (asked.resolve(), true), ["silence", "serve"]);
  const child = spawn(process.execPath, [COMMANDS["colophon-npm-publish"]], {
    cwd: world.repository.folder,
    env: { ...world.env, ...env },
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await Promise.race([asked.promise, ended]);
  child.kill("SIGKILL");
  await ended;
  const signed = sigstore.requests.filter(({ path }) => path.includes("timestamp")).length;
  expect(signed).toBe(0);
  const { code, receipt, stderr } = await world.publish();
  expect(code, stderr).toBe(0);
  expect(told(receipt)).toEqual([["widget", true, "earlier", "proven", undefined]]);
});

test.each([
  ["repository-undeclared", { repository: undefined }, /acme\/widgets/],
  ["repository-differs", { repository: "Acme/Widgets" }, /Acme\/Widgets.*acme\/widgets/],
  [
    "unresolved-specifier",
    {
      dependencies: { "@acme/core": "workspace:*", lodash: "catalog:" },
      peerDependencies: { react: "catalog:react19" },
      optionalDependencies: { "@acme/native": "link:../native" },
      devDependencies: { "@acme/build": "workspace:^" },
    },
    /dependencies\.@acme\/core, dependencies\.lodash, peerDependencies\.react, optionalDependencies\.@acme\/native \(/,
  ],
])("%s is found before the registry or a certificate authority is asked anything", async (code, change, message) => {
  const world = await open({ "package.json": manifest("@acme/widget", change) });
  const done = await world.run("colophon-npm-publish", [], { env: world.there.env });
  expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining(`(${code})`) as string });
  expect(done.stderr).toMatch(message);
  expect(world.there.registry.requests).toEqual([]);
  expect(world.sigstore.requests).toEqual([]);
});

test("a package that has only its author's own workspace specifiers is published", async () => {
  const world = await open({
    "package.json": manifest("@acme/widget", { devDependencies: { "@acme/build": "workspace:^" } }),
  });
  const { code, stderr } = await world.publish();
  expect(code, stderr).toBe(0);
});

test("interrupted while a second package is published, the first is proven, and a rerun completes", async () => {
  const world = await open(THREE);
  const { registry, env } = world.there;
  const asked = Promise.withResolvers<void>();
  registry.respond((request) => isPutOf("ui")(request) && (asked.resolve(), true), ["silence", "serve"]);
  const child = spawn(process.execPath, [COMMANDS["colophon-npm-publish"], "--", "--workspaces"], {
    cwd: world.repository.folder,
    env: { ...world.env, ...env },
    stdio: "ignore",
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  await Promise.race([asked.promise, ended]);
  child.kill("SIGINT");
  expect(await ended).toBe(3);
  const file = join(world.repository.folder, "dist/colophon/receipt.json");
  expect(told(JSON.parse(await readFile(file, "utf8")) as Receipt)).toEqual([
    ["app", false, "not", undefined, "dependency-not-published"],
    ["core", true, "now", "proven", undefined],
    ["ui", false, "not", undefined, "publish-failed"],
  ]);
  expect(await world.publish("--", "--workspaces")).toMatchObject({ code: 0 });
});
