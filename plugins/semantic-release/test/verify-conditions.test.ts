import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import * as plugin from "../src/index.ts";
import { codesOf, errorsOf, openRelease, OWN } from "./release.ts";

const NPM = "@semantic-release/npm";
const GITHUB = "@semantic-release/github";
const PACKAGE = JSON.stringify({ name: "@acme/widget", version: "0.0.0", repository: "github:acme/widget" });
const without = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" };

test("the plugin is its named steps", () => {
  // A default export would be taken for the plugin.
  expect(Object.keys(plugin).toSorted()).toEqual(["prepare", "publish", "success", "verifyConditions"]);
});

describe("verifyConditions", () => {
  test.each<[string, readonly unknown[], readonly string[]]>([
    ["one line", [NPM, OWN], []],
    ["options of another plugin beside it", [["other", { subject: 1 }], NPM, OWN], []],
    [
      "entries as objects",
      [
        { path: NPM, npmPublish: false },
        { path: OWN, subjects: "a" },
      ],
      [],
    ],
    ["the plugin before the one that publishes", [OWN, NPM], ["EPLUGINORDER"]],
    ["the plugin before one that changes what is packed", [NPM, OWN, "@semantic-release/changelog"], ["EPLUGINORDER"]],
    ["the plugin after the one that releases", [GITHUB, NPM, OWN], ["EPLUGINORDER"]],
    [
      "a release commit that takes the output along",
      [NPM, OWN, ["@semantic-release/git", { assets: ["dist/**"] }]],
      ["EOUTPUTCOMMITTED"],
    ],
    ["the plugin twice", [NPM, OWN, GITHUB, OWN], ["EPLUGINTWICE"]],
    ["an option that is none", [[OWN, { subject: "a" }]], ["EUNKNOWNOPTION"]],
    ["subjects that are no globs", [[OWN, { subjects: [1] }]], ["EINVALIDSUBJECTS"]],
    ["an output folder that is the project", [[OWN, { outputDir: "." }]], ["EINVALIDOUTPUTDIR"]],
    ["an output folder elsewhere", [[OWN, { outputDir: "../out" }]], ["EINVALIDOUTPUTDIR"]],
    ["a file that is no path", [[OWN, { config: 1 }]], ["EINVALIDCONFIG"]],
    ["deposits that are no texts", [[OWN, { deposit: {} }]], ["EINVALIDDEPOSIT"]],
    ["a deposit that nobody knows", [[OWN, { deposit: "ftp=a" }]], ["EDEPOSITUNKNOWN"]],
    ["a text for a truth", [[OWN, { allowPublicLog: "yes" }]], ["EINVALIDALLOWPUBLICLOG"]],
    ["another word", [[OWN, { unproven: "ignore" }]], ["EINVALIDUNPROVEN"]],
    ["endless patience", [[OWN, { readBackTimeout: 1e9 }]], ["EINVALIDREADBACKTIMEOUT"]],
    [
      "several faults",
      [[OWN, { outputDir: 1, unproven: 1 }], NPM],
      ["EINVALIDOUTPUTDIR", "EINVALIDUNPROVEN", "EPLUGINORDER"],
    ],
    ["a configuration that is not there", [[OWN, { config: "none.json" }]], ["ECONFIGUNREADABLE"]],
  ])("tells of %s", async (_, plugins, codes) => {
    const release = await openRelease({ plugins, files: { "package.json": PACKAGE } });
    expect(await codesOf(release.verifyConditions())).toEqual(codes);
    // A token is asked for when it is needed, and a dry run needs none.
    expect(release.tokens).toEqual([]);
    await expect(release.output()).rejects.toThrow("ENOENT");
  });

  test.each<[string, unknown, boolean]>([
    ["no assets", undefined, true],
    ["everything in the folder", ["dist/colophon/*"], true],
    ["a folder", ["./dist/"], true],
    ["a glob that matches the folder alone", ["dist/*"], false],
    ["all files below", ["dist/**/*"], true],
    ["an object with a path", { path: "dist/**", label: "all" }, true],
    ["a group", [["dist/colophon/**", "!**/plan.json"]], true],
    ["our files alone", ["dist/colophon/*.{sigstore.json,intoto.jsonl}"], true],
    ["the statements of one alone", ["dist/colophon/provenance.sigstore.json"], false],
    ["other files", ["out/*"], false],
    ["a group that takes ours out", [["dist/**", "!dist/colophon/**"]], false],
    ["another folder of that name", ["colophon/*"], false],
  ])("holds the GitHub release's assets against what it writes: %s", async (_, assets, covers) => {
    const release = await openRelease({ plugins: [OWN, [GITHUB, { assets }]] });
    expect(await codesOf(release.verifyConditions())).toEqual(covers ? [] : ["EASSETSMISSED"]);
  });

  test.each([
    ["whose name starts with a dot", ".proof"],
    ["that is written with detours", "out/.././proof/"],
  ])("finds an output folder %s, as the GitHub release does", async (_, outputDir) => {
    const assets = ["proof/*.sigstore.json", ".proof/*.sigstore.json"];
    const release = await openRelease({
      plugins: [
        [OWN, { outputDir }],
        [GITHUB, { assets }],
      ],
    });
    expect(await codesOf(release.verifyConditions())).toEqual([]);
  });

  test("says which line would put the attestations into a GitHub release", async () => {
    const release = await openRelease({ plugins: [[OWN, { outputDir: "./proof/" }], GITHUB] });
    await release.verifyConditions();
    expect(release.logged.join("\n")).toContain('"proof/*.sigstore.json", "proof/*.intoto.jsonl"');
  });

  test.each([
    ["the repository's package.json", NPM, "package.json"],
    ["the package.json of pkgRoot", [NPM, { pkgRoot: "out" }], "out/package.json"],
  ])("checks %s", async (_, npm, file) => {
    const other = { name: "@acme/widget", version: "0.0.0", repository: "github:Acme/widget" };
    const files = { "package.json": PACKAGE, "out/package.json": PACKAGE, [file]: JSON.stringify(other) };
    const release = await openRelease({ plugins: [npm, OWN], files });
    const [error, ...others] = await errorsOf(release.verifyConditions());
    expect(others).toEqual([]);
    expect(error).toMatchObject({ code: "EREPOSITORYDIFFERS", message: expect.stringContaining(`\`${file}\``) });
    expect(error?.details).toContain("git+https://github.com/acme/widget.git");
  });

  test.each([
    ["npmPublish is false", [NPM, { npmPublish: false }], {}],
    ["it is private", NPM, { private: true }],
    ["a step is still to make it", [NPM, { pkgRoot: "none" }], {}],
  ])("asks nothing of a package.json that no registry gets, or that is not there: %s", async (_, npm, more) => {
    const files = { "package.json": JSON.stringify({ name: "@acme/widget", version: "0.0.0", ...more }) };
    const release = await openRelease({ plugins: [npm, OWN], files });
    expect(await codesOf(release.verifyConditions())).toEqual([]);
  });

  test("needs an identity that could be had, and looks for none where a key signs", async () => {
    const release = await openRelease({ plugins: [OWN] });
    expect(await codesOf(release.verifyConditions(without))).toEqual(["ENOIDTOKEN"]);
    expect(await codesOf(release.verifyConditions({ ...without, SIGSTORE_ID_TOKEN: "a.b.c" }))).toEqual([]);
    const keyed = await openRelease({ plugins: [OWN], sign: { key: "none.pem" } });
    expect(await codesOf(keyed.verifyConditions(without))).toEqual(["ECONFIGUNREADABLE"]);
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    await keyed.write("none.pem", privateKey.export({ format: "pem", type: "pkcs8" }).toString());
    expect(await codesOf(keyed.verifyConditions(without))).toEqual([]);
  });
});
