import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ToolResult } from "../src/tools.ts";
import { startVerdaccio, type Verdaccio } from "../src/verdaccio.ts";
import { fetchPackument } from "./packument.ts";
import { makeReleaseWorld, OWN, packageOf } from "./release-world.ts";

let verdaccio: Verdaccio;
beforeAll(async () => void (verdaccio = await startVerdaccio()));
afterAll(() => verdaccio.close());

const NPM = "@semantic-release/npm";
const GITHUB = "@semantic-release/github";
const NO_TOKEN = { ACTIONS_ID_TOKEN_REQUEST_URL: "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" };

/** Codes of the errors that semantic-release shows. */
function codesOf({ stderr }: ToolResult): readonly string[] {
  return [...new Set([...stderr.matchAll(/ (E[A-Z]+) /gu)].map(([, code = ""]) => code))].toSorted();
}

// field case sr-pkgroot-without-repository
describe("a pkgRoot whose package.json declares no repository", () => {
  const root = { pkgRoot: "out" };
  const fields = JSON.stringify({ name: "@acme/rootless", version: "0.0.0" });

  test.each([[[]], [["--dry-run"]]])("is refused with every other fault in one error, %s", async (args) => {
    const plugins = [[NPM, root], OWN, GITHUB];
    const world = await makeReleaseWorld(verdaccio, {
      ...packageOf("@acme/rootless", plugins),
      "out/package.json": fields,
    });
    const result = await world.release({ args, env: { ...NO_TOKEN, GH_TOKEN: "" } });
    expect(result.code).toBe(1);
    expect(codesOf(result)).toEqual(["ENOGHTOKEN", "ENOIDTOKEN", "EREPOSITORYUNDECLARED"]);
    expect(result.stderr).toContain("declares no source repository: `out/package.json`.");
    expect(world.repository.listPushedTags()).toEqual([]);
    expect(world.sigstore.requests).toEqual([]);
    expect(await fetchPackument(verdaccio, "@acme/rootless")).toMatchObject({ versions: {} });
  });

  test("is refused in prepare, where a step makes it that late", async () => {
    const exec = ["@semantic-release/exec", { prepareCmd: `printf '%s' '${fields}' >out/package.json` }];
    const plugins = [exec, [NPM, root], OWN];
    const complete = JSON.stringify({ name: "@acme/rootless", version: "0.0.0", repository: "github:acme/widgets" });
    const files = { ...packageOf("@acme/rootless", plugins), "out/package.json": complete };
    const world = await makeReleaseWorld(verdaccio, files);
    const result = await world.release();
    expect(result.code).toBe(1);
    expect(codesOf(result)).toEqual(["EREPOSITORYUNDECLARED"]);
    expect(world.repository.listPushedTags()).toEqual([]);
    expect(world.sigstore.requests).toEqual([]);
    expect(await fetchPackument(verdaccio, "@acme/rootless")).toMatchObject({ versions: {} });
  });
});

describe("before anything is released", () => {
  // Each fault by itself is a unit test of the plugin.
  test.each<[string, readonly unknown[], object, readonly string[]]>([
    ["no identity", [NPM, OWN], NO_TOKEN, ["ENOIDTOKEN"]],
    [
      "a configuration in which all is wrong",
      [[GITHUB, { assets: ["dist/*.zip"] }], [OWN, { subject: "*.js", unproven: 1 }], NPM, OWN],
      {},
      ["EASSETSMISSED", "EINVALIDUNPROVEN", "ENOGHTOKEN", "EPLUGINORDER", "EPLUGINTWICE", "EUNKNOWNOPTION"],
    ],
  ])("%s is told", async (_, plugins, env, codes) => {
    const world = await makeReleaseWorld(verdaccio, packageOf("@acme/wrong", plugins));
    const result = await world.release({ args: ["--dry-run"], env: { GH_TOKEN: "", ...env } });
    expect(result.code).toBe(1);
    expect(codesOf(result)).toEqual(codes);
    // No token is asked for, and none is shown.
    expect(result.stdout + result.stderr).not.toMatch(/eyJ|request-token-of-the-job/u);
    expect(world.sigstore.requests).toEqual([]);
  });
});

// field case sr-npmpublish-false-tarball, but for reading the asset back
describe("a package that no registry gets", () => {
  test.each<[string, object, object]>([
    ["npmPublish is false", { npmPublish: false }, {}],
    ["it is private", {}, { private: true }],
  ])("is a file like any other: %s", async (_, options, more) => {
    const npm = [NPM, { tarballDir: "dist/release", ...options }];
    const plugins = [npm, [OWN, { subjects: ["dist/release/*.tgz"] }]];
    const world = await makeReleaseWorld(verdaccio, packageOf("@acme/kept", plugins, {}, more));
    const result = await world.release();
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const receipt = await world.receipt();
    expect(receipt.objects.map(({ name, proven }) => [name, proven])).toEqual([["acme-kept-1.0.0.tgz", true]]);
    expect(Object.keys(receipt.run.requests)).not.toContain(new URL(verdaccio.url).host);
  });

  test("is nothing without a tarball, and a release without anything is refused", async () => {
    const plugins = [
      [NPM, { npmPublish: false }],
      [OWN, { subjects: ["dist/release/*.tgz"] }],
    ];
    const world = await makeReleaseWorld(verdaccio, packageOf("@acme/none", plugins));
    const result = await world.release();
    expect(result.code).toBe(1);
    expect(codesOf(result)).toEqual(["ENOSUBJECTS"]);
    expect(world.repository.listPushedTags()).toEqual([]);
  });
});
