import { createHash } from "node:crypto";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLockfile } from "../src/lockfile.ts";
import { makeFolder } from "./folder.ts";

test.each([
  ["the project's own", "packages/a", { "packages/a/yarn.lock": "", "yarn.lock": "" }, "packages/a/yarn.lock"],
  ["the workspace's", "packages/a", { "packages/a/package.json": "", "pnpm-lock.yaml": "" }, "pnpm-lock.yaml"],
  ["npm's shrinkwrap first", ".", { "package-lock.json": "", "npm-shrinkwrap.json": "" }, "npm-shrinkwrap.json"],
  ["another language's", ".", { "go.sum": "", "main.go": "" }, "go.sum"],
  ["none", "packages/a", { "packages/a/package.json": "" }, undefined],
])("finds %s", async (_, folder, files, name) => {
  const root = await makeFolder(files);
  expect((await readLockfile(join(root, folder), root))?.name).toBe(name);
});

test("hashes it", async () => {
  const root = await makeFolder({ "Cargo.lock": "alpha\n" });
  const sha512 = createHash("sha512").update("alpha\n").digest("hex");
  const sha256 = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
  await expect(readLockfile(root)).resolves.toEqual({ name: "Cargo.lock", digest: { sha256, sha512 } });
});

test("does not look above the root, nor above the folder where there is no root", async () => {
  const root = await makeFolder({ "go.sum": "", "a/b/x": "" });
  await expect(readLockfile(join(root, "a/b"), join(root, "a"))).resolves.toBeUndefined();
  await expect(readLockfile(join(root, "a"))).resolves.toBeUndefined();
});

test("ends at the top of the file system", async () => {
  await expect(readLockfile("/", "/")).resolves.toBeUndefined();
});

test("says of a lockfile that it cannot be looked at", async () => {
  const root = await makeFolder();
  await symlink("yarn.lock", join(root, "yarn.lock"));
  await expect(readLockfile(root)).rejects.toMatchObject({
    code: "FILE_UNREADABLE",
    message: '"yarn.lock" cannot be read: its symbolic links lead in a circle',
  });
});

test("refuses a symbolic link out of the root, and follows one inside", async () => {
  const outside = await makeFolder({ "yarn.lock": "" });
  const root = await makeFolder({ "locks/yarn.lock": "" });
  await symlink("../locks/yarn.lock", join(root, "locks/go.sum"));
  expect((await readLockfile(join(root, "locks"), root))?.name).toBe("locks/yarn.lock");
  await symlink(join(outside, "yarn.lock"), join(root, "yarn.lock"));
  await expect(readLockfile(root)).rejects.toMatchObject({
    code: "FILE_REFUSED",
    message: '"yarn.lock" is a symbolic link out of the project',
  });
});
