import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { WorkspaceError } from "../../src/error.ts";
import { digestFile, newBuffer } from "../../src/hash/digest-file.ts";
import { hashFile, hashFiles, hashWith } from "../../src/hash/hash-files.ts";
import { makeFolder } from "../folder.ts";

const MEGABYTE = 1024 * 1024;

function digestsOf(bytes: string | Uint8Array): { sha256: string; sha512: string } {
  const of = (algorithm: string): string => createHash(algorithm).update(bytes).digest("hex");
  return { sha256: of("sha256"), sha512: of("sha512") };
}

/** A file of zeros that takes no room. */
function sparse(path: string, size: number): void {
  writeFileSync(path, "");
  truncateSync(path, size);
}

describe("one file", () => {
  test("has the known digests of alpha", async () => {
    const folder = await makeFolder({ alpha: "alpha\n" });
    const { size, digest } = await hashFile(join(folder, "alpha"));
    expect(size).toBe(6);
    expect(digest["sha256"]).toBe("b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060");
    expect(Object.keys(digest)).toEqual(["sha256", "sha512"]);
  });

  test("that takes long leaves its thread free", async () => {
    const path = join(await makeFolder(), "file");
    sparse(path, 40 * MEGABYTE);
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    const { digest } = await hashFile(path);
    clearInterval(counting);
    expect(digest["sha256"]).toBe(digestsOf(Buffer.alloc(40 * MEGABYTE)).sha256);
    expect(turns).toBeGreaterThan(5);
  });

  test.each([0, 1, MEGABYTE - 1, MEGABYTE, MEGABYTE + 1, 3 * MEGABYTE + 7])("of %i bytes", async (size) => {
    const path = join(await makeFolder(), "file");
    const bytes = Buffer.alloc(size, "0123456789");
    await writeFile(path, bytes);
    await expect(hashFile(path)).resolves.toEqual({ size, digest: digestsOf(bytes) });
  });

  test("is found through a symbolic link", async () => {
    const folder = await makeFolder({ file: "x" });
    await symlink("file", join(folder, "link"));
    await expect(hashFile(join(folder, "link"))).resolves.toEqual({ size: 1, digest: digestsOf("x") });
  });

  test.each([
    ["a missing file", "none", "FILE_MISSING"],
    ["a folder", ".", "FILE_REFUSED"],
    ["a named pipe, without waiting for it", "pipe", "FILE_REFUSED"],
    ["a circle of links", "loop", "FILE_UNREADABLE"],
  ])("is not %s", async (_, name, code) => {
    const folder = await makeFolder();
    execFileSync("mkfifo", [join(folder, "pipe")]);
    await symlink("loop", join(folder, "loop"));
    const path = join(folder, name);
    await expect(hashFile(path)).rejects.toMatchObject({ code, message: expect.stringContaining(`"${path}"`) });
  });

  test.skipIf(!existsSync("/proc/self/status"))("that has no size and yet something in it is refused", async () => {
    await expect(hashFile("/proc/self/status")).rejects.toMatchObject({ code: "FILE_CHANGED" });
  });

  test.each<[string, (path: string) => void]>([
    ["grows", (path) => appendFileSync(path, "x")],
    ["shrinks", (path) => truncateSync(path, 5)],
    ["is overwritten in place", (path) => writeFileSync(path, "y".repeat(10), { flag: "r+" })],
    ["grows for ever", (path) => appendFileSync(path, "x".repeat(10))],
  ])("that %s while it is hashed is refused", async (_, change) => {
    const path = join(await makeFolder({ file: "x".repeat(10) }), "file");
    utimesSync(path, 1, 1);
    const buffer = newBuffer().subarray(0, 4);
    // Each piece that is read is taken from the buffer, and the file changes at that very time.
    const subarray = (start: number, end: number): Buffer => {
      change(path);
      return Buffer.prototype.subarray.call(buffer, start, end) as Buffer;
    };
    const location = path;
    expect(() => digestFile({ path, location }, ["sha256"], Object.assign(buffer, { subarray }))).toThrow(
      expect.objectContaining({ code: "FILE_CHANGED", message: `"${path}" was written to while it was hashed` }),
    );
  });
});

describe("many files", () => {
  const found = (folder: string, names: readonly string[]): { name: string; path: string; location: string }[] =>
    names.map((name) => ({ name, path: `dist/${name}`, location: join(folder, name) }));

  test("are told in the order given, and counted as they are done", async () => {
    const folder = await makeFolder({ a: "1", b: "333", c: "22" });
    const told: { files: number; bytes: number }[] = [];
    const hashed = await hashFiles(found(folder, ["c", "a", "b"]), (progress) => told.push(progress));
    expect(hashed).toEqual([
      { name: "c", path: "dist/c", location: join(folder, "c"), size: 2, digest: digestsOf("22") },
      { name: "a", path: "dist/a", location: join(folder, "a"), size: 1, digest: digestsOf("1") },
      { name: "b", path: "dist/b", location: join(folder, "b"), size: 3, digest: digestsOf("333") },
    ]);
    expect(told.map(({ files }) => files)).toEqual([1, 2, 3]);
    expect(told.at(-1)).toEqual({ files: 3, bytes: 6 });
    await expect(hashFiles([])).resolves.toEqual([]);
  });

  test("have the same digests from several threads as from one", async () => {
    const folder = await makeFolder({ alpha: "alpha\n" });
    sparse(join(folder, "large"), 20 * MEGABYTE);
    sparse(join(folder, "larger"), 20 * MEGABYTE + 1);
    const all = await hashFiles(found(folder, ["alpha", "large", "larger"]));
    const one = await Promise.all(["alpha", "large", "larger"].map((name) => hashFile(join(folder, name))));
    expect(all.map(({ size, digest }) => ({ size, digest }))).toEqual(one);
  });

  test("leave no thread behind that keeps the process running", async () => {
    const folder = await makeFolder();
    for (const name of ["a", "b"]) sparse(join(folder, name), 17 * MEGABYTE);
    const script = `
      import { findFiles, hashFiles } from "@colophon/workspace";
      console.log((await hashFiles(await findFiles(["*"], { cwd: process.argv[1] }))).length);`;
    const args = ["--conditions=@colophon/source", "--no-warnings", "--input-type=module", "-e", script, folder];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
    expect(stdout).toBe("2\n");
  });

  test("have other algorithms from several threads too", async () => {
    const folder = await makeFolder();
    for (const name of ["a", "b"]) sparse(join(folder, name), 17 * MEGABYTE);
    const [first] = await hashWith(["sha384"], found(folder, ["a", "b"]));
    expect(Object.keys(first?.digest ?? {})).toEqual(["sha384"]);
  });

  test("fail as one does, from a thread as well, with what the file is", async () => {
    const folder = await makeFolder({ a: "" });
    await expect(hashFiles(found(folder, ["a", "none"]))).rejects.toMatchObject({
      code: "FILE_MISSING",
      message: '"dist/none": there is no such file',
    });
    execFileSync("mkfifo", [join(folder, "pipe")]);
    for (const name of ["large", "larger"]) sparse(join(folder, name), 17 * MEGABYTE);
    const failure: unknown = await hashFiles(found(folder, ["large", "larger", "pipe"])).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(WorkspaceError);
    expect(failure).toMatchObject({
      code: "FILE_REFUSED",
      message: '"dist/pipe" is not a regular file',
      hint: "Write what a pipe or a device gives to a file first.",
    });
    await rm(join(folder, "pipe"));
  });
});
