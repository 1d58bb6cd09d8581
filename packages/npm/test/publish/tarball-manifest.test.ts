import { execFileSync } from "node:child_process";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { damagedBytes } from "@colophon/testkit/hostile";
import { buildPackageTarball, buildTarball } from "@colophon/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NpmError, readFolderManifest, readTarballManifest } from "../../src/publish/index.ts";
import { createTarScanner } from "../../src/publish/tar-scanner.ts";
import { makeFolder } from "../world.ts";

const MANIFEST = { name: "@acme/app", version: "1.0.0" };
const END = Buffer.alloc(1024);

/** Entries of a tar without its end. */
function entries(files: Readonly<Record<string, string>>): Buffer {
  return gunzipSync(buildTarball(files)).subarray(0, -END.length);
}

/** The same, with another name or type in its first header. */
function altered(tar: Buffer, { name, type }: { name?: string; type?: string }): Buffer {
  const copy = Buffer.from(tar);
  if (name !== undefined) copy.fill(0, 0, 100).write(name, 0);
  if (type !== undefined) copy.write(type === "5" ? type : `${type}target`, 156);
  copy.write("        ", 148);
  const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return copy;
}

const tgz = (...parts: readonly Buffer[]): Buffer => gzipSync(Buffer.concat([...parts, END]));

async function read(bytes: Uint8Array): Promise<unknown> {
  return readTarballManifest(join(await makeFolder({ "app.tgz": bytes }), "app.tgz"));
}

test.each([
  ["@acme/app", "https://scope.example/"],
  ["@other/app", "https://registry.example/"],
  ["acme", "https://registry.example/"],
])("reads where %s goes, by its scope first, as npm does", async (name, registry) => {
  const publishConfig = { "@acme:registry": "https://scope.example/", registry: "https://registry.example/" };
  const manifest = { name, version: "1.0.0", publishConfig };
  expect(await read(buildPackageTarball(manifest))).toMatchObject({ publishConfig: { registry } });
});

test("reads what publishing needs, the specifiers of a workspace named", async () => {
  const manifest = {
    ...MANIFEST,
    repository: { type: "git", url: "x" },
    publishConfig: { registry: "https://registry.example/", access: "public", tag: "next", provenance: true, x: "y" },
    scripts: { prepack: "tsc", bad: 3 },
    // field case npm-workspace-specifiers-in-tarball
    dependencies: { "@acme/core": "workspace:*", lodash: "catalog:", left: "^1.0.0" },
    peerDependencies: { react: "catalog:react19" },
    optionalDependencies: { "@acme/native": "link:../native", "@acme/odd": "portal:../odd" },
    devDependencies: { "@acme/build": "workspace:^" },
  };
  expect(await read(buildPackageTarball(manifest))).toEqual({
    ...MANIFEST,
    needs: ["@acme/core", "lodash", "left", "react", "@acme/native", "@acme/odd"],
    private: false,
    repository: { type: "git", url: "x" },
    publishConfig: { registry: "https://registry.example/", access: "public", tag: "next", provenance: true },
    scripts: { prepack: "tsc" },
    unresolved: [
      "dependencies.@acme/core",
      "dependencies.lodash",
      "peerDependencies.react",
      "optionalDependencies.@acme/native",
      "optionalDependencies.@acme/odd",
    ],
  });
});

const own = entries({ "package.json": JSON.stringify(MANIFEST) });
const other = entries({ "package.json": JSON.stringify({ ...MANIFEST, version: "6.6.6" }) });
const readme = entries({ README: "x" });
const folder = entries({ "lib/": "" });
const ZSTD = Buffer.from("28b52ffd", "hex");

test.each<[string, Buffer]>([
  ["under another top folder", tgz(altered(own, { name: "app/package.json" }))],
  ["behind other files, one deeper of the same name", tgz(readme, entries({ "lib/package.json": "{" }), own)],
  ["with a byte order mark", buildTarball({ "package.json": `\ufeff${JSON.stringify(MANIFEST)}` })],
  ["packed in two members of gzip", Buffer.concat([gzipSync(own), gzipSync(END)])],
  ["with blocks of zeros in a file", tgz(entries({ blob: "\0".repeat(4096) }), own)],
  ["beside a folder told twice", tgz(altered(folder, { type: "5" }), altered(folder, { type: "5" }), own)],
  ["that is private", buildPackageTarball({ ...MANIFEST, private: true })],
])("reads a package.json %s", async (_what, bytes) => {
  expect(await read(bytes)).toMatchObject(MANIFEST);
});

test.each<[string, Buffer | string, string, RegExp?]>([
  ["two package.json", tgz(own, other), "TARBALL_UNREADABLE", /package\.json twice/],
  ["two under two top folders", tgz(own, altered(other, { name: "x/package.json" })), "TARBALL_UNREADABLE", /twice/],
  ["two by a detour", tgz(own, altered(other, { name: "x/.//package.json" })), "TARBALL_UNREADABLE", /twice/],
  ["another file twice", tgz(own, readme, readme), "TARBALL_UNREADABLE", /README twice/],
  ["an absolute name", tgz(own, altered(readme, { name: "/etc/x" })), "TARBALL_UNREADABLE", /out of it/],
  ["a drive's name", tgz(own, altered(readme, { name: "C:/x/y" })), "TARBALL_UNREADABLE", /out of it/],
  ["a name with ..", tgz(own, altered(readme, { name: "package/../../x" })), "TARBALL_UNREADABLE", /out of it/],
  ["a name with .. by backslashes", tgz(own, altered(readme, { name: "p\\..\\x" })), "TARBALL_UNREADABLE", /out of it/],
  ["a symbolic link as package.json", tgz(altered(own, { type: "2" })), "TARBALL_UNREADABLE", /SymbolicLink/],
  ["a hard link as package.json", tgz(altered(own, { type: "1" })), "TARBALL_UNREADABLE", /no file but a Link/],
  ["something behind the tar's end", tgz(own, END, other), "TARBALL_UNREADABLE", /behind its end/],
  ["part of a block at its end", gzipSync(Buffer.concat([own, END, Buffer.from("x")])), "TARBALL_UNREADABLE", /end/],
  ["zeros behind gzip's end", Buffer.concat([tgz(own), END]), "TARBALL_UNREADABLE", /behind its end/],
  ["text behind gzip's end", Buffer.concat([tgz(own), Buffer.from("x")]), "TARBALL_UNREADABLE", /gzip/],
  ["half of its bytes", tgz(own).subarray(0, 60), "TARBALL_UNREADABLE", /gzip/],
  ["half of its tar", gzipSync(own.subarray(0, 512)), "TARBALL_UNREADABLE", /Truncated/],
  ["no gzip", Buffer.concat([own, END]), "TARBALL_UNREADABLE", /gzip/],
  ["nothing", Buffer.alloc(0), "TARBALL_UNREADABLE"],
  ["gzip without a tar", gzipSync("x".repeat(2048)), "TARBALL_UNREADABLE"],
  ["gzip in gzip", gzipSync(Buffer.concat([tgz(own), Buffer.alloc(4096)])), "TARBALL_UNREADABLE", /twice/],
  ["zstd in gzip", gzipSync(Buffer.concat([ZSTD, Buffer.alloc(4096)])), "TARBALL_UNREADABLE", /compressed twice/],
  ["a package.json of more than 1 MB", buildPackageTarball({ x: "x".repeat(1 << 20) }), "TARBALL_UNREADABLE", /1 MB/],
  ["no package.json", tgz(readme), "MANIFEST_MISSING"],
  ["no name", buildPackageTarball({ version: "1.0.0" }), "MANIFEST_INVALID", /no name/],
  ["an empty name", buildPackageTarball({ name: "", version: "1.0.0" }), "MANIFEST_INVALID", /no name/],
  ["an empty version", buildPackageTarball({ name: "app", version: "" }), "MANIFEST_INVALID", /no version/],
  ["no version", buildPackageTarball({ name: "app" }), "MANIFEST_INVALID", /no version/],
  ["a list", buildTarball({ "package.json": "[]" }), "MANIFEST_INVALID", /no JSON object/],
  ["a key twice", buildTarball({ "package.json": '{"name":"a","name":"b"}' }), "MANIFEST_INVALID", /twice/],
  ["__proto__", buildTarball({ "package.json": '{"__proto__":{}}' }), "MANIFEST_INVALID", /__proto__/],
])("refuses a tarball with %s", async (_what, bytes, code, message = /app\.tgz/) => {
  const error = await read(bytes as Buffer).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NpmError);
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
});

test("refuses a package.json that is not UTF-8", async () => {
  const bytes = gunzipSync(buildTarball({ "package.json": '{"name":"aaaa"}' }));
  bytes.fill(0xff, 512 + 9, 512 + 12);
  await expect(read(gzipSync(bytes))).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
});

test("refuses what is larger than the limits without reading it", async () => {
  const path = join(await makeFolder({ "app.tgz": "" }), "app.tgz");
  await truncate(path, 512 * 1024 * 1024 + 1);
  await expect(readTarballManifest(path)).rejects.toThrow("more than 536870912 bytes");
});

test.each([
  ["absent.tgz", /ENOENT/],
  [".", /no file/],
  ["pipe", /no file/],
])("says that %s cannot be read", async (name, message) => {
  const root = await makeFolder();
  execFileSync("mkfifo", [join(root, "pipe")]);
  const read = readTarballManifest(join(root, name));
  await expect(read).rejects.toMatchObject({
    code: "TARBALL_UNREADABLE",
    message: expect.stringMatching(message) as string,
  });
});

test("waits for no package.json that is a pipe", async () => {
  const root = await makeFolder();
  execFileSync("mkfifo", [join(root, "package.json")]);
  await expect(readFolderManifest(root)).rejects.toThrow("is no file");
});

test("finds the same in pieces of any size", () => {
  const tar = Buffer.concat([readme, own, END]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 8 }), (sizes) => {
      const scanner = createTarScanner();
      for (let at = 0, turn = 0; at < tar.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        scanner.write(tar.subarray(at, at + size));
        at += size;
      }
      expect(JSON.parse(Buffer.from(scanner.end() ?? []).toString())).toEqual(MANIFEST);
    }),
  );
});

test("answers damaged tarballs with an error of its own, or reads them", async () => {
  await fc.assert(
    fc.asyncProperty(damagedBytes(Buffer.concat([own, readme, END])), async (bytes) => {
      const error = await read(gzipSync(bytes)).catch((thrown: unknown) => thrown);
      if (error instanceof Error) expect(error).toBeInstanceOf(NpmError);
    }),
    { numRuns: 60 },
  );
});

// field case sr-pkgroot-without-repository
test("reads a folder's package.json, which need not have a version yet", async () => {
  const folder = await makeFolder({ "dist/package.json": '{"name":"@acme/widget"}' });
  const manifest = await readFolderManifest(join(folder, "dist"));
  expect(manifest).toMatchObject({ name: "@acme/widget", version: undefined, repository: undefined });
});

test.each<[string, Record<string, string>, string, string]>([
  ["that is not there", {}, "MANIFEST_MISSING", "does not exist"],
  ["that is a folder", { "package.json/x": "" }, "MANIFEST_INVALID", "is no file"],
  ["of more than 1 MB", { "package.json": " ".repeat((1 << 20) + 1) }, "MANIFEST_INVALID", "more than 1048576 bytes"],
  ["that is no JSON", { "package.json": "{" }, "MANIFEST_INVALID", "not JSON"],
])("names the path of a package.json %s", async (_what, files, code, why) => {
  const root = await makeFolder(files);
  const message = expect.stringContaining(why) as string;
  await expect(readFolderManifest(root)).rejects.toMatchObject({ code, message });
  await expect(readFolderManifest(root)).rejects.toThrow(join(root, "package.json"));
});
