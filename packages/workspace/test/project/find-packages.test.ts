import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findPackages } from "../../src/index.ts";

async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-project-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

const named = (name: string): string => JSON.stringify({ name });

async function pathsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { root, workspaces } = await findPackages(await project(files));
  expect(root?.path).toBe("");
  return workspaces.map(({ path, manifest }) => `${path} ${String(manifest["name"])}`);
}

test.each<[string, Record<string, string>]>([
  ["npm's workspaces", { "package.json": JSON.stringify({ workspaces: ["packages/*", "!packages/other"] }) }],
  [
    "those of pnpm, whatever package.json says",
    {
      "package.json": JSON.stringify({ workspaces: ["nowhere/*"] }),
      "pnpm-workspace.yaml": "packages:\n  - 'packages/*'\n  - '!packages/other'\n",
    },
  ],
])("finds %s by folder, without what is left out and without folders that are no package", async (_, files) => {
  const found = await pathsOf({
    ...files,
    "packages/b/package.json": named("b"),
    "packages/a/package.json": `\uFEFF${named("@acme/a")}`,
    "packages/other/package.json": named("other"),
    "packages/none/index.js": "",
  });
  expect(found).toEqual(["packages/a @acme/a", "packages/b b"]);
});

test("a pnpm-workspace.yaml that only keeps settings names no workspaces", async () => {
  expect(await pathsOf({ "package.json": named("x"), "pnpm-workspace.yaml": "minimumReleaseAge: 1\n" })).toEqual([]);
});

test("a folder without package.json has no packages", async () => {
  expect(await findPackages(await project({ "index.js": "" }))).toEqual({ workspaces: [] });
});

test.each<[string, string, Record<string, string>]>([
  ["a package.json that is no JSON", "MANIFEST_UNREADABLE", { "package.json": "{" }],
  ["a package.json that is no object", "MANIFEST_UNREADABLE", { "package.json": "[]" }],
  [
    "one of a workspace that is no JSON",
    "WORKSPACES_UNREADABLE",
    { "package.json": JSON.stringify({ workspaces: ["a"] }), "a/package.json": "{" },
  ],
  [
    "workspaces that npm refuses",
    "WORKSPACES_UNREADABLE",
    { "package.json": JSON.stringify({ workspaces: "packages/*" }) },
  ],
  [
    "YAML with aliases",
    "WORKSPACES_UNREADABLE",
    { "package.json": "{}", "pnpm-workspace.yaml": "a: &a [x]\npackages: *a\n" },
  ],
  ["a file without end", "TOO_LARGE", { "package.json": `{"a":"${"x".repeat(4 * 1024 * 1024)}"}` }],
])("%s is an error: %s", async (_, code, files) => {
  await expect(findPackages(await project(files))).rejects.toMatchObject({ code });
});
