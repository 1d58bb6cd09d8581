import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { colophon, emptyFolder } from "./colophon.ts";

describe("colophon", () => {
  test("prints its version", async () => {
    expect(await colophon(["--version"])).toEqual({ code: 0, stdout: "0.0.0\n", stderr: "" });
  });

  test("lists its commands with --help, and without any command on stderr with exit 2", async () => {
    const help = await colophon(["--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain("coverage");
    expect(await colophon([])).toEqual({ code: 2, stdout: "", stderr: help.stdout });
  });

  test.each([
    [["frobnicate"], '"frobnicate" is not a command'],
    [["verify"], "verify takes one file or object"],
    [["verify", "a", "b"], "verify takes one file or object"],
    [["verify", "a", "--bogus"], "Unknown option '--bogus'"],
    [["verify", "a", "--bundle"], "--bundle <value>"],
    [["verify", "a", "--source-ref", "x", "--source-ref", "y"], "--source-ref is given twice"],
    [["verify", "a", "--bundle", "b", "--source-branch", "x", "--source-tag", "y"], "exclude each other"],
    [["verify", "a", "--bundle", "b", "--certificate-identity", "x"], "an identity needs its issuer"],
    [
      ["verify", "a", "--bundle", "b", "--certificate-identity-pattern", "(", "--certificate-oidc-issuer", "x"],
      "not a regular expression",
    ],
    [
      ["verify", "a", "--bundle", "b", "--key", "k", "--certificate-oidc-issuer", "x"],
      "--key and --certificate-oidc-issuer exclude each other",
    ],
    [["verify", "a", "--bundle", "b", "--source-digest", "abc"], "not a whole commit id"],
    [["verify", "none.tgz"], "nothing says where the provenance is"],
    [["verify", "none.tgz", "--bundle", "b"], '"b" cannot be read: there is no such file'],
    [["verify", "sha256:abc", "--bundle", "b"], "is not a digest"],
    [["verify", "npm:widget"], "npm:widget names no version"],
    [["verify", "npm:../widget@1"], "is not the name of an npm package"],
    [["verify", "pkg:npm/%2e%2e/widget@1"], "is not a package URL"],
    [["verify", "github:acme/widget"], "a channel that is not read yet"],
    [["verify", "sha256:" + "a".repeat(64), "--platform", "linux/amd64"], "belongs to an image in a registry"],
    [["inspect", "none.json"], '"none.json" cannot be read'],
    [["inspect", "sha256:" + "a".repeat(64)], "nothing is found by the digest"],
    [["coverage", "./file.tgz"], "nothing that coverage can list"],
    [["coverage", "npm:a", "--fail-under", "x"], "not a percentage"],
    [["coverage", "npm:a", "--fail-under", "--json"], "argument is ambiguous"],
    [["coverage", "npm:a", "--fail-under", "101"], "not a percentage"],
    [["coverage", "npm:a", "--fail-under", "pypi=10"], "not a percentage"],
    [["coverage", "npm:a", "--latest", "--since", "2026-01-01"], "exclude each other"],
    [["coverage", "npm:a", "--since", "soon"], "neither a date"],
    [["coverage", "npm:a", "--channel", "github"], "is not read yet"],
    [["coverage", "npm:a", "--max-requests", "many"], "is not a number"],
    [["coverage"], "this folder has no package.json"],
    [["coverage", "npm:a", "--cache-dir", "x", "--no-cache"], "exclude each other"],
  ])("%j is refused with exit 2 and one clear sentence", async (args, sentence) => {
    const { code, stdout, stderr } = await colophon(args);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("tells causes and stack traces with --verbose only", async () => {
    const { stderr } = await colophon(["inspect", "none.json", "--verbose"]);
    expect(stderr).toMatch(/\n\s+at /);
  });

  test("refuses a SOURCE_DATE_EPOCH that is no time", async () => {
    const { code, stderr } = await colophon(["coverage", "npm:a", "--offline"], { env: { SOURCE_DATE_EPOCH: "now" } });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("SOURCE_DATE_EPOCH") });
  });

  test("says which configuration is wrong, and where", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "colophon.config.json"), '{"expct":{}}');
    const { code, stderr } = await colophon(["coverage", "npm:a"], { cwd: folder });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("colophon.config.json: expct is not a setting"),
    });
  });

  test("says which trusted root cannot be read", async () => {
    const folder = await emptyFolder();
    const bundle = {
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: {},
      dsseEnvelope: {},
    };
    await writeFile(join(folder, "bundle.json"), JSON.stringify(bundle));
    await writeFile(join(folder, "root.json"), "<html>");
    const args = ["verify", `sha256:${"a".repeat(64)}`, "--bundle", "bundle.json", "--trusted-root", "root.json"];
    const { code, stderr } = await colophon(args, { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("root.json") });
  });

  test.each([
    ["", "empty"],
    ["<html></html>", "HTML"],
    ['{"mediaType":', "JSON"],
    ['{"name":"widget"}', "neither a Sigstore bundle nor a DSSE envelope"],
  ])("judges a bundle file that holds %j: exit 1, failing check bundle", async (text, sentence) => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "bundle.json"), text);
    const args = ["verify", `sha256:${"a".repeat(64)}`, "--bundle", "bundle.json", "--offline", "--json"];
    const { code, stdout } = await colophon(args, { cwd: folder });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: "present",
      failure: { check: "bundle", message: expect.stringContaining(sentence) as string },
    });
    const inspected = await colophon(["inspect", "bundle.json"], { cwd: folder });
    expect(inspected).toMatchObject({ code: 1, stdout: expect.stringContaining("unreadable") as string });
  });
});
