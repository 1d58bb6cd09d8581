import { createHash } from "node:crypto";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkChecksums, type ChecksumEntry } from "../src/check-checksums.ts";
import { makeFolder } from "./folder.ts";

const ALPHA = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const BETA = "f2c82decdd7181cf98945929a62598db7e6b477e11f6e0eb0ae97020eff151ad";
const of = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");

const entry = (name: string, digest: Record<string, string>, line = 1): ChecksumEntry => ({ name, digest, line });

async function outcome(folder: string, ...entries: ChecksumEntry[]): Promise<Record<string, string[]>> {
  const { matching, differing, missing } = await checkChecksums(entries, folder);
  return {
    matching: matching.map((file) => file.entry.name),
    differing: differing.map((file) => file.entry.name),
    missing: missing.map(({ name }) => name),
  };
}

test("tells matching, differing and missing files apart, and gives the digests of the files", async () => {
  const folder = await makeFolder({ "widget.tar.gz": "alpha\n", "linux/widget.tar.gz": "alpha\n" });
  const entries = [
    { ...entry("widget.tar.gz", { sha256: BETA }, 1), artifact: "Archive" },
    { ...entry("linux/widget.tar.gz", { sha256: ALPHA }, 2), artifact: "Archive" },
    { ...entry("gone.tar.gz", { sha256: ALPHA }, 3), artifact: "Archive" },
  ];
  const digest = { sha256: ALPHA, sha512: of("sha512", "alpha\n") };
  const file = (index: 0 | 1): object => ({
    entry: entries[index],
    path: entries[index]?.name,
    location: join(folder, entries[index]?.name ?? ""),
    size: 6,
    digest,
  });
  await expect(checkChecksums(entries, folder)).resolves.toEqual({
    matching: [file(1)],
    differing: [file(0)],
    missing: [entries[2]],
  });
});

describe("a line", () => {
  test.each<[string, Record<string, string>, "matching" | "differing"]>([
    ["sha512", { sha512: of("sha512", "alpha\n") }, "matching"],
    ["sha384", { sha384: of("sha384", "alpha\n") }, "matching"],
    ["another sha384", { sha384: of("sha384", "beta\n") }, "differing"],
    ["both digests", { sha256: ALPHA, sha512: of("sha512", "alpha\n") }, "matching"],
    ["two digests of which one is another's", { sha256: ALPHA, sha512: of("sha512", "beta\n") }, "differing"],
    ["capital letters", { sha256: ALPHA.toUpperCase() }, "matching"],
    ["the start of a digest", { sha256: ALPHA.slice(0, 8) }, "differing"],
    ["sha1 alone", { sha1: of("sha1", "alpha\n") }, "differing"],
  ])("with %s", async (_, digest, where) => {
    const folder = await makeFolder({ "widget.tar.gz": "alpha\n" });
    expect((await outcome(folder, entry("widget.tar.gz", digest)))[where]).toEqual(["widget.tar.gz"]);
  });

  test("with sha384 is checked among others without", async () => {
    const folder = await makeFolder({ a: "alpha\n", b: "beta\n" });
    const entries = [entry("a", { sha384: of("sha384", "alpha\n") }), entry("b", { sha256: BETA })];
    expect((await outcome(folder, ...entries))["matching"]).toEqual(["a", "b"]);
  });

  test("for a name with a backslash names that very file", async () => {
    const folder = await makeFolder({ "wid\\get": "alpha\n" });
    expect((await outcome(folder, entry("wid\\get", { sha256: ALPHA })))["matching"]).toEqual(["wid\\get"]);
  });

  test.each(["../widget", "a/../../widget", "a/../widget", "..\\widget", "/etc/passwd"])(
    "for %s leaves the folder",
    async (name) => {
      const folder = await makeFolder({ widget: "", "a/b": "" });
      await expect(outcome(folder, entry(name, { sha256: ALPHA }, 7))).rejects.toMatchObject({
        code: "NAME_OUTSIDE_FOLDER",
        message: `line 7: ${JSON.stringify(name)} leaves the folder of the checksum file`,
      });
    },
  );

  test("for a symbolic link is read inside the folder and refused where it leads out", async () => {
    const secret = await makeFolder({ "s/file": "alpha\n" });
    const folder = await makeFolder({ file: "alpha\n" });
    await symlink("file", join(folder, "link"));
    expect((await outcome(folder, entry("link", { sha256: ALPHA })))["matching"]).toEqual(["link"]);
    await symlink(join(secret, "s"), join(folder, "out"));
    await expect(outcome(folder, entry("out/file", { sha256: ALPHA }))).rejects.toMatchObject({
      code: "NAME_OUTSIDE_FOLDER",
      message: 'line 1: "out/file" is a symbolic link out of the folder of the checksum file',
    });
  });

  test("in a folder that is not there is an error", async () => {
    const folder = join(await makeFolder(), "none");
    await expect(outcome(folder, entry("a", { sha256: ALPHA }))).rejects.toMatchObject({ code: "FILE_MISSING" });
  });

  test.each([
    ["a folder", "a", "FILE_REFUSED"],
    ["an unsafe name", "a\u202eb", "NAME_UNSAFE"],
    ["a name with a zero byte", "a\0", "NAME_UNSAFE"],
  ])("for %s is refused", async (_, name, code) => {
    const folder = await makeFolder({ "a/b": "" });
    await expect(outcome(folder, entry(name, { sha256: ALPHA }))).rejects.toMatchObject({ code });
  });
});
