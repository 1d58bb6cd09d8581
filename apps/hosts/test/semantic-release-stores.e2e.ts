import { createHash } from "node:crypto";
import {
  startGitHub,
  startNpmRegistry,
  startSigstore,
  startTlsProxy,
  type EmbeddedNpmRegistry,
  type EmbeddedSigstore,
  type NpmRegistryOptions,
  type TlsProxy,
} from "@colophon/testkit";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { REPOSITORY } from "../src/repository.ts";
import { makeReleaseWorld, OWN, packageOf, type ReleaseWorld } from "./release-world.ts";

const NPM = "@semantic-release/npm";
const TOKEN = "token-of-the-registry";
const NAME = "@acme/widget";

let sigstore: EmbeddedSigstore;
let proxy: TlsProxy;
beforeAll(async () => {
  sigstore = await startSigstore();
  // npm cannot be told where to sign.
  proxy = await startTlsProxy({ "fulcio.sigstore.dev": sigstore.url, "rekor.sigstore.dev": sigstore.url });
});
afterAll(() => Promise.all([proxy.close(), sigstore.close()]));

interface Registered {
  readonly world: ReleaseWorld;
  readonly registry: EmbeddedNpmRegistry;
}

/** A package that npm publishes with provenance, at a registry whose key the trust root has. */
async function open(plugin: unknown = OWN, options: NpmRegistryOptions = {}): Promise<Registered> {
  const registry = await startNpmRegistry({ sigstore, publishToken: TOKEN, ...options });
  onTestFinished(() => registry.close());
  const files = {
    ...packageOf(NAME, [NPM, plugin], {}, { publishConfig: { access: "public", provenance: true } }),
    "keys.json": JSON.stringify(sigstore.registryKeys),
  };
  const trust = { trustedRoot: "trusted-root.json", registryKeys: [{ registry: registry.url, file: "keys.json" }] };
  const world = await makeReleaseWorld({ url: registry.url, token: TOKEN }, files, {
    sigstore,
    configuration: { trust },
  });
  return { world, registry };
}

describe("a registry that carries attestations", () => {
  test("proves the release by npm's provenance and ours, however late it shows them", async () => {
    const { world, registry } = await open(OWN, { lag: { packument: 1, attestations: 1 } });
    const result = await world.release({ env: proxy.env });
    expect(result.code, result.stdout + result.stderr).toBe(0);
    expect(result.stdout).toContain("Every object of v1.0.0 is proven");
    expect(await world.receipt()).toMatchObject({ status: "sealed", objects: [{ proven: true }] });
    const coverage = await world.run("colophon", ["coverage", `npm:${NAME}`, "--registry", registry.url, "--json"]);
    expect(JSON.parse(coverage.stdout)).toMatchObject({ summary: { objects: 1, verified: 1 } });
  });

  test.each([
    ["error", 1],
    ["warn", 0],
  ] as const)("that lost npm's provenance counts as: %s", async (unproven, code) => {
    const { world } = await open([OWN, { unproven, readBackTimeout: 0 }], { mirror: true });
    const result = await world.release({ env: proxy.env });
    expect(result.code, result.stdout + result.stderr).toBe(code);
    expect(result.stderr).toContain("`pkg:npm/%40acme/widget@1.0.0` is not proven.");
  });

  test("that serves other bytes than were published is told, and nothing is signed", async () => {
    const { world, registry } = await open();
    const body = Buffer.from("other bytes");
    registry.respond(({ method, path }) => method === "GET" && path.endsWith(".tgz"), { body });
    const result = await world.release({ env: proxy.env });
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("EPUBLISHEDBYTESDIFFER") });
    const served = createHash("sha512").update(body).digest("hex");
    const { subjects } = await world.plan();
    for (const digest of [served, subjects[0]?.digest["sha512"]]) expect(result.stderr).toContain(`sha512:${digest}`);
    expect(await world.receipt()).toMatchObject({ status: "refused", reason: { code: "published-bytes-differ" } });
    expect((await world.list()).filter((name) => name.endsWith(".sigstore.json"))).toEqual([]);
  });
});

describe("a GitHub release", () => {
  test("has the files and their attestations as assets, where releases cannot be changed later", async () => {
    const github = await startGitHub({ repository: REPOSITORY, token: TOKEN, immutableReleases: true });
    onTestFinished(() => github.close());
    const exec = [
      "@semantic-release/exec",
      { prepareCmd: "mkdir -p out && for n in a b; do echo $n >out/$n.zip; done" },
    ];
    const assets = ["out/*.zip", "dist/colophon/*.sigstore.json", "dist/colophon/*.intoto.jsonl"];
    const plugins = [exec, [OWN, { subjects: "out/*.zip" }], ["@semantic-release/github", { assets }]];
    const world = await makeReleaseWorld({ url: "http://127.0.0.1:9", token: "" }, packageOf(NAME, plugins), {
      sigstore,
    });
    const result = await world.release({ env: { GITHUB_API_URL: github.url, GH_TOKEN: TOKEN } });
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const [release] = github.releases;
    expect(release).toMatchObject({ tag: "v1.0.0", draft: false, immutable: true });
    expect(release?.assets.map(({ name }) => name).toSorted()).toEqual([
      "a.zip",
      "b.zip",
      "provenance.intoto.jsonl",
      "provenance.sigstore.json",
    ]);
    const verify = ["verify", "out/b.zip", "--bundle", "dist/colophon/provenance.sigstore.json"];
    expect(
      await world.run("colophon", [...verify, "--source-repository", `https://github.com/${REPOSITORY}`]),
    ).toMatchObject({ code: 0 });
  });
});
