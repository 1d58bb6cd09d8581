import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { gzipSync } from "node:zlib";
import { buildPackageTarball, buildTarball, readPackageJson } from "../../src/index.ts";

describe("buildTarball", () => {
  test("gives the same bytes for the same files", () => {
    const files = { "package.json": "{}", "index.js": "x".repeat(513) };
    expect(buildTarball(files).equals(buildTarball(files))).toBe(true);
  });

  test("does not tell the operating system that packed", () => {
    expect(buildTarball({ "package.json": "{}" })[9]).toBe(255);
  });

  test("makes an archive that tar lists and unpacks", () => {
    const input = buildTarball({ "package.json": '{"name":"a"}', "lib/index.js": "y".repeat(600) });
    expect(execFileSync("tar", ["-tzf", "-"], { input, encoding: "utf8" }).trim().split("\n")).toEqual([
      "package/package.json",
      "package/lib/index.js",
    ]);
    const content = execFileSync("tar", ["-xzOf", "-", "package/lib/index.js"], { input, encoding: "utf8" });
    expect(content).toBe("y".repeat(600));
  });
});

describe("readPackageJson", () => {
  test("finds package.json behind other files", () => {
    const tarball = buildTarball({
      "a.js": "z".repeat(1000),
      "lib/package.json": '{"name":"inner"}',
      "package.json": '{"name":"outer"}',
    });
    expect(readPackageJson(tarball)).toEqual({ name: "outer" });
  });

  test("reads back what a package's tarball was made of", () => {
    const manifest = { name: "@acme/widget", version: "1.0.0", repository: { type: "git", url: "x" } };
    expect(readPackageJson(buildPackageTarball(manifest))).toEqual(manifest);
  });

  test.each([
    ["without a package.json", buildTarball({ "index.js": "" })],
    ["that is not gzipped", Buffer.from("plain")],
    ["cut off within a block", gzipSync(Buffer.alloc(100))],
  ])("refuses an archive %s", (_, tarball) => {
    expect(() => readPackageJson(tarball)).toThrow(expect.objectContaining({ code: "ARCHIVE_MALFORMED" }));
  });
});
