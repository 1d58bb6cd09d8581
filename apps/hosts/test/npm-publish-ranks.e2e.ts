import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startGitHubJob, type NpmRegistryOptions } from "@colophon/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { jobOf } from "../src/repository.ts";
import type { ToolResult } from "../src/tools.ts";
import { covered, manifest, ONE, open, told } from "./attesting-world.ts";

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

  // What actions/setup-node sets where no token is given.
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
    const world = await open(ONE, { trustedPublishers: ["@acme/widget"] });
    expect(await world.publish()).toMatchObject({ code: 0 });
    await writeFile(join(world.repository.folder, "package.json"), manifest("@acme/widget", { version: "1.1.1" }));
    const { code, receipt, stderr } = await world.publish();
    expect(code, stderr).toBe(0);
    expect(told(receipt)).toEqual([["widget@1.1.1", true, "now", "proven", undefined]]);
    const trusted = { _npmUser: { trustedPublisher: {} } };
    const answer = await fetch(`${world.there.registry.url}/@acme%2fwidget`);
    expect(await answer.json()).toMatchObject({ versions: { "1.1.0": trusted, "1.1.1": trusted } });
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
