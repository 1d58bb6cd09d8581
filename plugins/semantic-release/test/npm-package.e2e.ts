import { chmod, copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { startNpmRegistry } from "@colophon/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { codesOf, errorsOf, openRelease, OWN, type Release } from "./release.ts";

const NPM = "@semantic-release/npm";
const NAME = "@acme/widget";
const REPOSITORY = { repository: "github:acme/widget" };
const TOKEN = "token-of-the-registry";

/** A package as @semantic-release/npm leaves it after its `prepare`. */
const packageOf = (more: object = {}): Record<string, string> => ({
  "package.json": JSON.stringify({ name: NAME, version: "1.0.0", files: ["index.js"], ...REPOSITORY, ...more }),
  "index.js": "\n",
});

describe("the package of @semantic-release/npm", () => {
  test("is proven by the bytes that its registry serves, which may ask for NPM_TOKEN", async () => {
    const registry = await startNpmRegistry({ token: TOKEN });
    onTestFinished(() => registry.close());
    const options = [OWN, { readBackTimeout: 0 }];
    const files = packageOf({ publishConfig: { registry: registry.url } });
    const release = await openRelease({ plugins: [NPM, options], files });
    await release.prepare();
    const id = "pkg:npm/%40acme/widget@1.0.0";
    const path = "dist/colophon/tarballs/acme-widget-1.0.0.tgz";
    expect(await release.plan()).toMatchObject({ subjects: [{ name: id, path }] });
    expect(registry.requests).toEqual([]);

    const [absent] = await errorsOf(release.publish({ NPM_TOKEN: TOKEN }));
    expect(absent).toMatchObject({ code: "ENOTSERVED", message: expect.stringContaining(`${NAME}@1.0.0`) });
    expect(release.sigstore.requests).toEqual([]);
    expect(await release.receipt()).toMatchObject({ status: "incomplete" });

    registry.add({ name: NAME, versions: [{ version: "1.0.0", tarball: Buffer.from("other bytes") }] });
    const [differing] = await errorsOf(release.publish({ NPM_TOKEN: TOKEN }));
    expect(differing).toMatchObject({ code: "EPUBLISHEDBYTESDIFFER" });
    expect(release.sigstore.requests).toEqual([]);
    expect(await release.receipt()).toMatchObject({ status: "refused" });

    const tarball = await readFile(join(release.folder, path));
    registry.add({ name: NAME, versions: [{ version: "1.0.0", tarball }] });
    await release.publish({ NPM_TOKEN: TOKEN });
    expect(await release.receipt()).toMatchObject({
      status: "sealed",
      objects: [{ name: id, proven: true, published: { digestFrom: "registry-bytes" } }],
    });
    expect(await release.output()).toContain("acme-widget-1.0.0.tgz.sigstore.json");
    await release.success({ NPM_TOKEN: TOKEN });
    const [lost] = await errorsOf(release.success({ NPM_TOKEN: TOKEN, npm_config_provenance: "true" }));
    expect(lost).toMatchObject({ code: "EUNPROVEN", message: `\`${id}\` is not proven.` });
    await release.write(".npmrc", "provenance=true\n");
    expect(await codesOf(release.success({ NPM_TOKEN: TOKEN }))).toEqual(["EUNPROVEN"]);
    expect(registry.requests.at(-1)?.authorization).toBe(`Bearer ${TOKEN}`);
    expect(JSON.stringify([release.logged, await release.receipt()])).not.toContain(TOKEN);
  });

  test.each([
    ["TOKEN_OF_NPMRC", "TOKEN_OF_NPMRC"],
    // As actions/setup-node leaves it: @semantic-release/npm takes it for none.
    ["${NOT_SET}", TOKEN],
  ])("is asked for with what .npmrc has for its registry, and else with NPM_TOKEN: %s", async (written, used) => {
    const registry = await startNpmRegistry();
    onTestFinished(() => registry.close());
    const files = {
      ...packageOf({ publishConfig: { registry: registry.url } }),
      ".npmrc": `//${new URL(registry.url).host}/:_authToken=${written}\n`,
    };
    const release = await openRelease({ plugins: [NPM, [OWN, { readBackTimeout: 0 }]], files });
    await release.prepare();
    expect(await codesOf(release.publish({ NPM_TOKEN: TOKEN }))).toEqual(["ENOTSERVED"]);
    expect(new Set(registry.requests.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${used}`]));
  });

  test("is one object with a file of the same bytes", async () => {
    const release = await openRelease({
      plugins: [NPM, [OWN, { subjects: ["index.js", "copy/*"] }]],
      files: packageOf(),
    });
    await release.write("copy/other.tgz", "another\n");
    await release.prepare();
    const kept = join(release.folder, "dist/colophon/tarballs/acme-widget-1.0.0.tgz");
    await copyFile(kept, join(release.folder, "copy/same.tgz"));
    await release.prepare();
    const names = (await release.plan()).subjects.map(({ name }) => name);
    expect(names).toEqual(["pkg:npm/%40acme/widget@1.0.0", "other.tgz", "index.js"]);
  });

  test("is packed by the npm that lies beside the project, which publishes it too", async () => {
    const npm = "node_modules/.bin/npm";
    const release = await openRelease({
      plugins: [NPM, OWN],
      files: { ...packageOf(), [npm]: '#!/bin/sh\n[ "$1" = run ] && exit 0\necho no disk\nexit 3\n' },
    });
    await chmod(join(release.folder, npm), 0o755);
    const [error] = await errorsOf(release.prepare());
    expect(error).toMatchObject({ code: "ETOOLFAILED", message: "npm pack failed with exit code 3." });
    expect(error?.details).toContain("no disk");
  });

  test.each(["prepublishOnly", "prepack"])("is packed after what %s builds, which publishing runs", async (script) => {
    const scripts = { [script]: "echo built >index.js" };
    const release = await openRelease({ plugins: [NPM, OWN], files: packageOf({ scripts }) });
    await release.prepare();
    const path = join(release.folder, "dist/colophon/tarballs/acme-widget-1.0.0.tgz");
    expect(gunzipSync(await readFile(path)).toString()).toContain("built");
  });

  test.each(["prepublishOnly", "prepack"])("is refused where %s takes away what is prepared", async (script) => {
    const scripts = { [script]: "rm -rf dist" };
    const release = await openRelease({ plugins: [NPM, OWN], files: packageOf({ scripts }) });
    expect(await codesOf(release.prepare())).toEqual(["EOUTPUTREMOVED"]);
  });

  const refused = async (release: Release, ...codes: readonly string[]): Promise<void> => {
    expect(await codesOf(release.prepare())).toEqual(codes);
    await expect(release.plan()).rejects.toThrow("ENOENT");
  };

  test("is refused where another version is packed, another repository declared, or a workspace's specifier left", async () => {
    const files = packageOf({
      version: "0.9.0",
      repository: "acme/other",
      dependencies: { "@acme/core": "workspace:*" },
    });
    const release = await openRelease({ plugins: [NPM, OWN], files });
    await refused(release, "EOTHERPACKAGE", "EREPOSITORYDIFFERS", "EUNRESOLVEDSPECIFIER");
  });

  test("is refused where tarballDir holds another package, or none of this version", async () => {
    const plugins = [[NPM, { tarballDir: "out", npmPublish: false }], OWN];
    const release = await openRelease({ plugins, files: packageOf({ private: true }) });
    await refused(release, "ENOTARBALL");
    const other = await openRelease({ plugins: [NPM, OWN], files: packageOf({ name: "root" }) });
    await other.prepare();
    await release.write("out/acme-widget-1.0.0.tgz", "");
    await copyFile(
      join(other.folder, "dist/colophon/tarballs/root-1.0.0.tgz"),
      join(release.folder, "out/acme-widget-1.0.0.tgz"),
    );
    await refused(release, "EOTHERPACKAGE");
  });
});
