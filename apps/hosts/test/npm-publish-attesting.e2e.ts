import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Receipt } from "@colophon/core";
import { startGitHubJob, type NpmRegistryOptions, type Request } from "@colophon/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { jobOf } from "../src/repository.ts";
import type { ToolResult } from "../src/tools.ts";
import { startAttestingRegistry, type AttestingRegistry } from "./attesting-registry.ts";
import { COMMANDS, makeSigningWorld, type SigningWorld } from "./colophon.ts";

interface World extends SigningWorld {
  readonly there: AttestingRegistry;
  publish(...args: string[]): Promise<{ code: number | null; receipt: Receipt; stderr: string }>;
}

const manifest = (name: string, more: object = {}): string =>
  JSON.stringify({
    name,
    version: "1.1.0",
    repository: "github:acme/widgets",
    // npm makes provenance of no new package whose access it is not told.
    publishConfig: { access: "public" },
    ...more,
  });
const ONE = { "package.json": manifest("@acme/widget"), "index.js": "export {};\n" };
const THREE = {
  "package.json": JSON.stringify({ name: "root", version: "0.0.0", private: true, workspaces: ["packages/*"] }),
  "packages/core/package.json": manifest("@acme/core"),
  "packages/ui/package.json": manifest("@acme/ui", { dependencies: { "@acme/core": "^1.0.0" } }),
  "packages/app/package.json": manifest("@acme/app", { dependencies: { "@acme/ui": "^1.0.0" } }),
};

async function open(
  files: Record<string, string>,
  { npm = "npm-11", ...options }: NpmRegistryOptions & { npm?: "npm-11" | "npm-12" } = {},
): Promise<World> {
  const there = await startAttestingRegistry(options);
  const { registry, sigstore, configuration } = there;
  const world = await makeSigningWorld({ registry, sigstore, npm, files, configuration });
  return {
    ...world,
    there,
    publish: async (...args) => {
      const done = await world.run("colophon-npm-publish", ["--json", ...args], { env: there.env });
      return { code: done.code, stderr: done.stderr, receipt: receiptOf(done) };
    },
  };
}

function receiptOf({ stdout, stderr }: ToolResult): Receipt {
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Receipt;
}

const told = ({ objects }: Receipt): unknown =>
  objects.map(({ name, proven, published, reason }) => [
    name.replace(/pkg:npm\/%40acme\/|@1.1.0/g, ""),
    proven,
    published?.status,
    published?.provenance,
    reason?.code,
  ]);

/** What `colophon coverage` says of each version. */
async function covered(world: SigningWorld, registry: string, ...names: string[]): Promise<Record<string, string>> {
  const args = ["coverage", ...names.map((name) => `npm:${name}`), "--registry", registry, "--json"];
  const { objects } = JSON.parse((await world.run("colophon", args)).stdout) as {
    objects: { id: string; status: string }[];
  };
  return Object.fromEntries(objects.map(({ id, status }) => [id.replace("pkg:npm/%40acme/", ""), status]));
}

const isPutOf = (name: string) => (request: Request) =>
  request.method === "PUT" && decodeURIComponent(request.path) === `/@acme/${name}`;

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

describe("a guard against a lower rank", () => {
  const before = (version: object): NpmRegistryOptions => ({
    packages: [
      { name: "@acme/widget", versions: [{ version: "1.0.0", manifest: { repository: "acme/widgets" }, ...version }] },
    ],
  });

  test("refuses what package managers that allow no downgrade would refuse, unless it is allowed", async () => {
    const world = await open(ONE, before({ publisher: "stagedPublish" }));
    const { code, receipt } = await world.publish("--provenance", "none");
    expect(code).toBe(1);
    expect(told(receipt)).toEqual([["widget", false, "not", undefined, "trust-downgrade"]]);
    expect(world.there.registry.publications).toEqual([]);
    expect(await world.publish("--provenance", "none", "--allow-downgrade")).toMatchObject({ code: 0 });
  });

  test.each(["", "XXXXX-XXXXX-XXXXX-XXXXX"])(
    "takes the npmrc of actions/setup-node without a token (%j) for trusted publishing",
    async (token) => {
      const world = await open(ONE, { trustedPublishers: ["@acme/widget"] });
      const { registry, env } = world.there;
      const npmrc = `registry=${registry.url}/\n//${new URL(registry.url).host}/:_authToken=\${NODE_AUTH_TOKEN}\n`;
      await writeFile(join(world.env["HOME"] ?? "", ".npmrc"), npmrc);
      const publish = async (): Promise<ToolResult> =>
        await world.run("colophon-npm-publish", ["--json"], {
          env: { ...env, ...(token === "" ? {} : { NODE_AUTH_TOKEN: token }) },
        });
      expect(await publish()).toMatchObject({ code: 0 });
      const { folder } = world.repository;
      await writeFile(join(folder, "package.json"), manifest("@acme/widget", { version: "1.1.1" }));
      const second = await publish();
      expect(second.code, second.stdout).toBe(0);
    },
  );

  test("takes a release with an identity for one by a trusted publisher, as npm tries that first, whatever token there is", async () => {
    const world = await open(ONE, {
      ...before({ publisher: "trustedPublisher", attestations: [] }),
      trustedPublishers: ["@acme/widget"],
    });
    const { code, receipt, stderr } = await world.publish();
    expect(code, stderr).toBe(0);
    expect(told(receipt)).toEqual([["widget", true, "now", "proven", undefined]]);
    const answer = await fetch(`${world.there.registry.url}/@acme%2fwidget`);
    expect(await answer.json()).toMatchObject({ versions: { "1.1.0": { _npmUser: { trustedPublisher: {} } } } });
  });
});

describe("our bundle that goes along with npm", () => {
  test.each(["npm-11", "npm-12"] as const)("is verified by %s, and proves the package at the registry", async (npm) => {
    const world = await open(ONE, { npm });
    const { registry, trustIn } = world.there;
    await trustIn(world.env["HOME"] ?? "");
    const { code, receipt, stderr } = await world.publish("--provenance", "bundle");
    expect(code, stderr).toBe(0);
    expect(told(receipt)).toEqual([["widget", true, "now", "proven", undefined]]);
    const out = join(world.repository.folder, "dist/colophon");
    const bundle = await readFile(join(out, "acme-widget-1.1.0.tgz.sigstore.json"), "utf8");
    expect(JSON.parse(registry.publications[0]?.bundle ?? "")).toEqual(JSON.parse(bundle));
    const plan = JSON.parse(await readFile(join(out, "plan.json"), "utf8")) as { statements: { payload: string }[] };
    expect(JSON.parse(plan.statements[0]?.payload ?? "")).toMatchObject({
      subject: [{ name: "pkg:npm/%40acme/widget@1.1.0", digest: { sha512: expect.any(String) as string } }],
      predicate: {
        buildDefinition: { buildType: "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1" },
        runDetails: { builder: { id: "https://github.com/actions/runner/github-hosted" } },
      },
    });
    expect(await covered(world, registry.url, "@acme/widget")).toEqual({ "widget@1.1.0": "verified" });
  });

  test("is refused by npm where it does not trust the signer, and nothing is published", async () => {
    const world = await open(ONE);
    const { code, receipt } = await world.publish("--provenance", "bundle");
    expect(code).toBe(1);
    expect(told(receipt)).toEqual([["widget", false, "not", undefined, "publish-failed"]]);
    expect(world.there.registry.publications).toEqual([]);
  });

  test("is handed to no publisher that does not take it", async () => {
    const world = await open(ONE);
    const done = await world.run("colophon-npm-publish", ["--provenance", "bundle", "--", "pnpm", "publish"]);
    expect(done).toMatchObject({ code: 2, stderr: expect.stringMatching(/pnpm 12.*\(BUNDLE_REFUSED\)/) as string });
    expect(world.sigstore.requests).toEqual([]);
  });
});

test("what the registry, or npm, would refuse of provenance is refused before anything is signed", async () => {
  const set = { publishConfig: { access: "public", provenance: true } };
  const world = await open({ ...ONE, "package.json": manifest("@acme/widget", set) });
  const bundle = world.publish("--provenance", "bundle");
  await expect(bundle).rejects.toThrow("(provenance-configured)");

  const { git } = world.repository;
  const job = await startGitHubJob({ ...jobOf(git("rev-parse", "HEAD")), runner: "self-hosted" });
  onTestFinished(() => job.close());
  const env = { ...world.there.env, ...job.env };
  const done = await world.run("colophon-npm-publish", ["--json"], { env });
  expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining("(runner-not-hosted)") as string });
  expect(world.there.sigstore.requests).toEqual([]);
  expect(world.there.registry.publications).toEqual([]);
});
