import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVerdaccio, type Verdaccio } from "../src/verdaccio.ts";
import { fetchPackument } from "./packument.ts";
import { makeReleaseWorld, OWN, packageOf } from "./release-world.ts";

let verdaccio: Verdaccio;
beforeAll(async () => void (verdaccio = await startVerdaccio()));
afterAll(() => verdaccio.close());

const NPM = "@semantic-release/npm";
const sha512Of = (integrity = ""): string => Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");

describe("one line after @semantic-release/npm", () => {
  test("proves a first and a second release, each by what the registry serves", async () => {
    // What npm runs on publishing, and not on packing.
    const scripts = { prepublishOnly: "echo '// built' >index.js" };
    const world = await makeReleaseWorld(verdaccio, packageOf("@acme/widget", [NPM, OWN], {}, { scripts }));
    for (const version of ["1.0.0", "1.0.1"]) {
      if (version === "1.0.1") await world.repository.commit("fix: turn back", { "index.js": "// back\n" });
      const result = await world.release();
      expect(result.code, result.stdout + result.stderr).toBe(0);
      const receipt = await world.receipt();
      const id = `pkg:npm/%40acme/widget@${version}`;
      const { versions } = await fetchPackument(verdaccio, "@acme/widget");
      const sha512 = sha512Of(versions[version]?.dist.integrity);
      expect(receipt).toMatchObject({ status: "sealed", objects: [{ name: id, proven: true, digest: { sha512 } }] });
      const stem = `acme-widget-${version}.tgz`;
      // What an earlier release left is not there any more: a GitHub release would take it up.
      expect(await world.list()).toEqual(
        [`${stem}.intoto.jsonl`, `${stem}.sigstore.json`, "artifacts.json", "metadata.json", "plan.json"].concat([
          "receipt.json",
          "tarballs",
        ]),
      );
      const verify = ["verify", `dist/colophon/tarballs/${stem}`, "--bundle", `dist/colophon/${stem}.sigstore.json`];
      const source = ["--source-repository", "https://github.com/acme/widgets"];
      expect(await world.run("colophon", [...verify, ...source])).toMatchObject({ code: 0 });
    }
    expect(world.repository.listPushedTags()).toEqual(["v1.0.0", "v1.0.1"]);
    // The registry tells of no attestation: coverage says so, and does not call the releases unproven.
    const coverage = await world.run("colophon", [
      "coverage",
      "npm:@acme/widget",
      "--registry",
      verdaccio.url,
      "--json",
    ]);
    const unknown = { status: "unknown", reason: { code: "attestations-not-carried" } };
    expect(JSON.parse(coverage.stdout)).toMatchObject({ objects: [unknown, unknown] });
  });

  test("proves a prerelease on its channel", async () => {
    const branches = ["release", { name: "main", prerelease: "beta" }];
    const files = packageOf("@acme/early", [NPM, OWN], { branches });
    const world = await makeReleaseWorld(verdaccio, files);
    world.repository.git("push", "--quiet", "origin", "main:release");
    const result = await world.release();
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const name = "pkg:npm/%40acme/early@1.0.0-beta.1";
    expect(await world.receipt()).toMatchObject({ status: "sealed", objects: [{ name, proven: true }] });
    expect(await fetchPackument(verdaccio, "@acme/early")).toMatchObject({ "dist-tags": { main: "1.0.0-beta.1" } });
  });

  test("signs and writes nothing in a dry run", async () => {
    const world = await makeReleaseWorld(verdaccio, packageOf("@acme/dry", [NPM, OWN]));
    const result = await world.release({ args: ["--dry-run"] });
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining("the next release version is 1.0.0") });
    expect(world.sigstore.requests).toEqual([]);
    await expect(world.list("dist")).rejects.toThrow("ENOENT");
  });

  test("is completed after the log failed in publish, by what was signed before", async () => {
    const world = await makeReleaseWorld(verdaccio, packageOf("@acme/late", [NPM, OWN]));
    const log = /log\/entries/u;
    world.sigstore.respond(log, { status: 503, headers: { "retry-after": "600" } });
    const failed = await world.release();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("ENOTSEALED The release is published without proof of");
    expect(failed.stderr).toContain("npx colophon attest --seal dist/colophon/plan.json");
    expect(await world.receipt()).toMatchObject({ status: "incomplete", objects: [{ proven: false }] });
    expect(await fetchPackument(verdaccio, "@acme/late")).toMatchObject({ "dist-tags": { latest: "1.0.0" } });

    world.sigstore.respond(log, "serve");
    const again = await world.release();
    // The tag is there: semantic-release runs no step of that release any more.
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("no new version is released") });
    const certificates = (): number =>
      world.sigstore.requests.filter(({ path }) => path.includes("signingCert")).length;
    const before = certificates();
    const completed = await world.run("colophon", ["attest", "--seal", "dist/colophon/plan.json"]);
    expect(completed.code, completed.stdout + completed.stderr).toBe(0);
    expect(certificates()).toBe(before);
    expect(await world.receipt()).toMatchObject({ status: "sealed", objects: [{ proven: true }] });
  });

  test("names the commit that was built, where @semantic-release/git makes another one", async () => {
    const git = ["@semantic-release/git", { assets: ["package.json"], message: "chore: ${nextRelease.version}" }];
    const world = await makeReleaseWorld(verdaccio, packageOf("@acme/committed", [NPM, git, OWN]), { npm: "npm-12" });
    const built = world.repository.git("rev-parse", "HEAD");
    const result = await world.release();
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const made = world.repository.git("rev-parse", "v1.0.0^{commit}");
    expect(made).not.toBe(built);
    const { statements, warnings } = await world.plan();
    const { predicate } = JSON.parse(statements[0]?.payload ?? "") as {
      predicate: { buildDefinition: { resolvedDependencies: { digest: object }[] } };
    };
    expect(predicate.buildDefinition.resolvedDependencies[0]?.digest).toEqual({ gitCommit: built });
    expect(warnings.map(({ code }) => code)).toContain("built-from-other-commit");
    expect(result.stdout).toContain(`v1.0.0 is tagged at ${made}, a commit that this release made`);
  });

  test.each(["npm-11", "npm-12"] as const)(
    "keeps what it writes, and a tarball, out of what %s packs",
    async (tool) => {
      const npm = [NPM, { tarballDir: "dist/release" }];
      const more = { files: ["dist", "!dist/release"] };
      const files = packageOf(`@acme/inside-${tool}`, [npm, OWN], {}, more);
      const world = await makeReleaseWorld(verdaccio, files, { npm: tool });
      const result = await world.release();
      expect(result.code, result.stdout + result.stderr).toBe(0);
      expect(await world.receipt()).toMatchObject({ status: "sealed", objects: [{ proven: true }] });
    },
  );

  test("refuses a tarball that is not what will be published, before there is a tag", async () => {
    const npm = [NPM, { tarballDir: "dist/release" }];
    const world = await makeReleaseWorld(verdaccio, packageOf("@acme/twice", [npm, OWN], {}, { files: ["dist"] }));
    const result = await world.release();
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("ETARBALLDIFFERS") });
    expect(world.repository.listPushedTags()).toEqual([]);
    expect(world.sigstore.requests).toEqual([]);
  });
});

test("multi-semantic-release proves two packages, each in its own folder", async () => {
  const names = ["wheel", "cart"];
  const root = packageOf("root", [NPM, OWN], {}, { private: true, workspaces: ["packages/*"] });
  const packages = names.map((name) => {
    const manifest = { name: `@acme/${name}`, version: "0.0.0", repository: "github:acme/widgets", files: ["*.js"] };
    return [`packages/${name}/package.json`, JSON.stringify(manifest)] as const;
  });
  const sources = names.map((name) => [`packages/${name}/index.js`, "\n"] as const);
  const world = await makeReleaseWorld(verdaccio, { ...root, ...Object.fromEntries([...packages, ...sources]) });
  const result = await world.release({ tool: "multi-semantic-release" });
  expect(result.code, result.stdout + result.stderr).toBe(0);
  for (const name of names) {
    const receipt = await world.receipt(`packages/${name}/dist/colophon`);
    const id = `pkg:npm/%40acme/${name}@1.0.0`;
    expect(receipt).toMatchObject({ status: "sealed", objects: [{ name: id, proven: true }] });
  }
});

test("a version that only moves to another channel is proven already, and needs nothing", async () => {
  const branches = ["main", "next"];
  const world = await makeReleaseWorld(
    verdaccio,
    packageOf("@acme/moved", [[OWN, { subjects: "index.js" }]], { branches }),
  );
  const { git, commit, listPushedTags } = world.repository;
  // As another run has left it: released on the branch `next`, which is merged since.
  git("tag", "v1.0.0");
  await commit("feat: turn", { "index.js": "// turned\n" });
  git("tag", "v1.1.0");
  git("notes", "--ref", "semantic-release-v1.1.0", "add", "-m", JSON.stringify({ channels: ["next"] }), "v1.1.0");
  git("push", "--quiet", "origin", "main:next", "v1.0.0", "v1.1.0", "refs/notes/semantic-release-v1.1.0");
  const result = await world.release();
  expect(result.code, result.stdout + result.stderr).toBe(0);
  expect(result.stdout).toContain("Nothing was published as v1.1.0 in this run");
  expect(listPushedTags()).toEqual(["v1.0.0", "v1.1.0"]);
  expect(world.sigstore.requests).toEqual([]);
});
