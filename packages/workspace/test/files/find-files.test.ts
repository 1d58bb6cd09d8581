import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { findFiles } from "../../src/files/find-files.ts";
import { walk } from "../../src/files/walk.ts";
import { asOrdinaryUser, makeFolder } from "../folder.ts";

async function find(cwd: string, ...patterns: string[]): Promise<string[]> {
  return (await findFiles(patterns, { cwd })).map(({ path }) => path);
}

const TREE = {
  "dist/b.tgz": "",
  "dist/a.tgz": "",
  "dist/.hidden.tgz": "",
  "dist/w [1].tgz": "",
  "dist/sub/c.tgz": "",
  "dist/sub/deep/d.tgz": "",
  "dist/.cache/e.tgz": "",
  "notes.txt": "",
};

describe("finds", () => {
  test.each([
    [["dist/a.tgz"], ["dist/a.tgz"]],
    [["./dist//a.tgz", "dist/a.tgz", "dist/a.*"], ["dist/a.tgz"]],
    [["dist/*.tgz"], ["dist/a.tgz", "dist/b.tgz", "dist/w [1].tgz"]],
    [["dist/w [1].tgz"], ["dist/w [1].tgz"]],
    [["dist/{b,sub/c}.tgz"], ["dist/b.tgz", "dist/sub/c.tgz"]],
    [["dist/*/*.tgz"], ["dist/sub/c.tgz"]],
    [["dist/*/deep/d.tgz"], ["dist/sub/deep/d.tgz"]],
    [["dist/**/d.tgz"], ["dist/sub/deep/d.tgz"]],
    [["**/**/a.tgz"], ["dist/a.tgz"]],
    [["dist/sub/**"], ["dist/sub/c.tgz", "dist/sub/deep/d.tgz"]],
    [["**"], ["dist/a.tgz", "dist/b.tgz", "dist/sub/c.tgz", "dist/sub/deep/d.tgz", "dist/w [1].tgz", "notes.txt"]],
    [
      ["dist/.hidden.tgz", "dist/.*/e.tgz"],
      ["dist/.cache/e.tgz", "dist/.hidden.tgz"],
    ],
    [["notes.txt", "dist/../n*"], ["notes.txt"]],
  ])("%j", async (patterns, paths) => {
    expect(await find(await makeFolder(TREE), ...patterns)).toEqual(paths);
  });

  test("files by absolute paths and outside of the folder, each with its own name", async () => {
    const folder = await makeFolder({ "in/x": "", "out/a.tgz": "", "out/b.tgz": "" });
    const out = join(folder, "out");
    const expected = ["a.tgz", "b.tgz"].map((name) => ({ name, path: `../out/${name}`, location: join(out, name) }));
    const cwd = join(folder, "in");
    await expect(findFiles(["../out/a.tgz", join(out, "b*")], { cwd })).resolves.toEqual(expected);
    await expect(findFiles(["../out/*"], { cwd })).resolves.toEqual(expected);
  });

  test("paths in the order of their code points", async () => {
    const folder = await makeFolder({ "\u{1f600}": "", "\uff5e": "", Z: "", a: "" });
    expect(await find(folder, "*")).toEqual(["Z", "a", "\uff5e", "\u{1f600}"]);
  });

  test("a file of whose name a backslash is part", async () => {
    const folder = await makeFolder({ "wid\\get": "" });
    expect(await find(folder, "wid\\get", "wid?get")).toEqual(["wid\\get"]);
  });

  test("nothing of the output folder by a wildcard", async () => {
    const folder = await makeFolder({ "dist/a.tgz": "", "dist/colophon/a.tgz.sigstore.json": "" });
    const options = { cwd: folder, outputFolder: "dist/colophon" };
    expect((await findFiles(["dist/**"], options)).map(({ path }) => path)).toEqual(["dist/a.tgz"]);
  });
});

describe("refuses", () => {
  test.each([
    ["a missing file", ["dist/z.tgz"], "FILE_MISSING", '"dist/z.tgz": there is no such file'],
    ["a missing file among braces", ["dist/{a,z}.tgz"], "FILE_MISSING", '"dist/z.tgz": there is no such file'],
    ["a path through a file", ["notes.txt/a"], "FILE_MISSING", '"notes.txt/a": there is no such file'],
    [
      "a pattern that matches nothing",
      ["dist/a.tgz", "dist/*.zip"],
      "PATTERN_UNMATCHED",
      'no file matches "dist/*.zip"',
    ],
    ["a pattern in a missing folder", ["none/*"], "PATTERN_UNMATCHED", 'no file matches "none/*"'],
    ["a pattern that matches only folders", ["di*"], "PATTERN_UNMATCHED", 'no file matches "di*"'],
    ["a folder", ["dist/"], "FOLDER_NAMED", '"dist/" is a folder'],
  ])("%s", async (_, patterns, code, message) => {
    await expect(find(await makeFolder(TREE), ...patterns)).rejects.toMatchObject({ code, message });
  });

  test("a folder, and says how its files are named", async () => {
    const hint = 'Name the files: "dist/*" for those in it, "dist/**" for all below it.';
    await expect(find(await makeFolder(TREE), "dist/")).rejects.toMatchObject({ hint });
  });

  test("two files of one name, naming both", async () => {
    const folder = await makeFolder({ "linux/widget": "", "darwin/widget": "" });
    await expect(find(folder, "*/widget")).rejects.toMatchObject({
      code: "NAME_CONFLICT",
      message: '"darwin/widget" and "linux/widget" would both be called "widget"',
    });
  });

  test("names that would not read as what they are", async () => {
    const folder = await makeFolder({ "a\nb": "" });
    await expect(find(folder, "*")).rejects.toMatchObject({
      code: "NAME_UNSAFE",
      message: '"a\\nb" has characters that cannot be seen',
    });
    const other = await makeFolder();
    await writeFile(Buffer.concat([Buffer.from(`${other}/a`), Buffer.from([0xff])]), "");
    await expect(find(other, "*")).rejects.toMatchObject({ code: "NAME_UNSAFE" });
  });

  test("a folder or file on the way that cannot be looked at", async () => {
    const folder = await makeFolder({ "dist/a.tgz": "" });
    await symlink("loop", join(folder, "loop"));
    for (const pattern of ["loop/*", `*/${"a".repeat(300)}`, "loop"]) {
      await expect(find(folder, pattern)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    }
  });

  test("more files and folders than are looked at", async () => {
    const folder = await makeFolder({ "a/b": "", "a/c": "" });
    const looked = async (entriesLeft: number): Promise<string[]> => {
      const found: string[] = [];
      const show = (path: string): string => relative(folder, path);
      const state = {
        inside: [folder],
        leftOut: undefined,
        show,
        found: (path: string) => found.push(path),
        entriesLeft,
      };
      await walk({ folder, linked: false }, ["**", { literal: "b" }], state);
      return found;
    };
    await expect(looked(3)).resolves.toEqual([join(folder, "a/b")]);
    await expect(looked(2)).rejects.toMatchObject({
      code: "TOO_LARGE",
      message: 'too many files and folders: ended in "a"',
    });
  });

  test("a named pipe, by its path and by a wildcard", async () => {
    const folder = await makeFolder();
    execFileSync("mkfifo", [join(folder, "pipe")]);
    for (const pattern of ["pipe", "*"]) {
      const refused = { code: "FILE_REFUSED", message: '"pipe" is not a regular file' };
      await expect(find(folder, pattern)).rejects.toMatchObject(refused);
    }
  });

  test("a folder that cannot be read, rather than to leave out what is in it", async () => {
    const folder = await makeFolder({ "dist/a.tgz": "", "dist/sub/b.tgz": "" });
    await chmod(folder, 0o755);
    await chmod(join(folder, "dist/sub"), 0);
    await expect(asOrdinaryUser(async () => await find(folder, "dist/**"))).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      message: '"dist/sub" cannot be read: permission denied',
    });
    expect(await asOrdinaryUser(async () => await find(folder, "dist/*"))).toEqual(["dist/a.tgz"]);
  });
});

describe("symbolic links", () => {
  test("to a file inside are followed, each with its own name", async () => {
    const folder = await makeFolder({ "dist/a-1.tgz": "" });
    await symlink("a-1.tgz", join(folder, "dist/a-latest.tgz"));
    const location = join(folder, "dist/a-1.tgz");
    await expect(findFiles(["dist/*"], { cwd: folder })).resolves.toEqual([
      { name: "a-1.tgz", path: "dist/a-1.tgz", location },
      { name: "a-latest.tgz", path: "dist/a-latest.tgz", location },
    ]);
  });

  test("out of the folder are refused by a wildcard and followed by their path", async () => {
    const secret = join(await makeFolder({ secret: "" }), "secret");
    const folder = await makeFolder({ "dist/a.tgz": "" });
    await symlink(secret, join(folder, "dist/link"));
    await expect(find(folder, "dist/*")).rejects.toMatchObject({
      code: "FILE_REFUSED",
      message: '"dist/link" is a symbolic link to outside of the folder',
    });
    await expect(findFiles(["dist/link"], { cwd: folder })).resolves.toEqual([
      { name: "link", path: "dist/link", location: secret },
    ]);
  });

  test("to folders are followed step by step, and not by **", async () => {
    const outside = await makeFolder({ "x.tgz": "" });
    const folder = await makeFolder({ "dist/v1/a.tgz": "" });
    await symlink("v1", join(folder, "dist/latest"));
    await symlink(".", join(folder, "dist/v1/circle"));
    expect(await find(folder, "dist/**")).toEqual(["dist/v1/a.tgz"]);
    expect(await find(folder, "dist/l*/a.tgz")).toEqual(["dist/latest/a.tgz"]);
    expect(await find(folder, "dist/*/a.tgz")).toEqual(["dist/latest/a.tgz"]);
    await symlink(outside, join(folder, "dist/out"));
    await expect(find(folder, "dist/o*/*")).rejects.toMatchObject({ code: "FILE_REFUSED" });
    expect(await find(folder, "dist/out/*")).toEqual(["dist/out/x.tgz"]);
  });

  test("that lead nowhere or in a circle are named", async () => {
    const folder = await makeFolder();
    await symlink("none", join(folder, "a"));
    await expect(find(folder, "*")).rejects.toMatchObject({
      code: "FILE_MISSING",
      message: expect.stringMatching(/"a"/),
    });
    await mkdir(join(folder, "dist"));
    await symlink("loop", join(folder, "dist/loop"));
    await expect(find(folder, "dist/*")).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      message: '"dist/loop" cannot be read: its symbolic links lead in a circle',
    });
  });
});
