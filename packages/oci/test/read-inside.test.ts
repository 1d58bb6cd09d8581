import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readInside } from "../src/read-inside.ts";
import { makeFolder } from "./layout-folder.ts";

test("reads a file whole up to the cap", async () => {
  const root = await makeFolder();
  await writeFile(join(root, "file"), "12345");
  await expect(readInside({ root, path: "file", most: 5 })).resolves.toEqual(Buffer.from("12345"));
  await expect(readInside({ root, path: "file", most: 4 })).rejects.toMatchObject({
    code: "TOO_LARGE",
    message: "file has 5 bytes, more than 4",
  });
});

test("follows a symbolic link that stays inside", async () => {
  const root = await makeFolder();
  await writeFile(join(root, "file"), "12345");
  await symlink("file", join(root, "link"));
  await expect(readInside({ root, path: "link", most: 9 })).resolves.toEqual(Buffer.from("12345"));
});

test("refuses a symbolic link to outside, be it of a file or of a folder on the way", async () => {
  const outside = await makeFolder();
  await writeFile(join(outside, "secret"), "12345");
  const root = await makeFolder();
  await symlink(join(outside, "secret"), join(root, "link"));
  await symlink(outside, join(root, "folder"));
  const refused = { code: "BLOB_REFUSED", message: expect.stringContaining("outside of the layout") };
  await expect(readInside({ root, path: "link", most: 9 })).rejects.toMatchObject(refused);
  await expect(readInside({ root, path: "folder/secret", most: 9 })).rejects.toMatchObject(refused);
});

test("refuses a sibling folder whose name starts as the layout's does", async () => {
  const parent = await makeFolder();
  await mkdir(join(parent, "layout"));
  await mkdir(join(parent, "layout-secret"));
  await writeFile(join(parent, "layout-secret", "file"), "12345");
  await symlink("../layout-secret/file", join(parent, "layout", "link"));
  const reading = readInside({ root: join(parent, "layout"), path: "link", most: 9 });
  await expect(reading).rejects.toMatchObject({ code: "BLOB_REFUSED" });
});

test("refuses a folder and, without waiting for it, a named pipe", async () => {
  const root = await makeFolder();
  await mkdir(join(root, "folder"));
  execFileSync("mkfifo", [join(root, "pipe")]);
  await expect(readInside({ root, path: "folder", most: 9 })).rejects.toMatchObject({ code: "BLOB_REFUSED" });
  await expect(readInside({ root, path: "pipe", most: 9 })).rejects.toMatchObject({ code: "BLOB_REFUSED" });
});

test("tells a missing file from one that cannot be read, and keeps the cause", async () => {
  const root = await makeFolder();
  await symlink("loop", join(root, "loop"));
  await expect(readInside({ root, path: "none", most: 9 })).rejects.toMatchObject({
    code: "BLOB_MISSING",
    message: "none is not in the layout",
    cause: { code: "ENOENT" },
  });
  await writeFile(join(root, "file"), "");
  await expect(readInside({ root, path: "file/none", most: 9 })).rejects.toMatchObject({ code: "BLOB_MISSING" });
  await expect(readInside({ root, path: "loop", most: 9 })).rejects.toMatchObject({
    code: "LAYOUT_UNREADABLE",
    message: "loop cannot be read (ELOOP)",
  });
});
