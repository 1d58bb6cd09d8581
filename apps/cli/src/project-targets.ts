import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { arrayAt, isObject, parseStrictJson, stringAt, type Target } from "@colophon/core";
import { UsageError } from "./usage-error.ts";

/**
 * The npm packages that a folder's project publishes: its package.json and those of its workspaces, but for the
 * private ones. Throws UsageError where there are none.
 */
export async function targetsOfProject(folder: string): Promise<Target[]> {
  const root = await readManifest(join(folder, "package.json"));
  if (root === undefined) {
    throw new UsageError(
      "no object is named, and this folder has no package.json",
      "Name packages like npm:name or npm:@scope/name@^1.",
    );
  }
  const patterns = arrayAt(root, "workspaces") ?? arrayAt(root["workspaces"], "packages") ?? [];
  const manifests = [root];
  for (const pattern of patterns) {
    if (typeof pattern !== "string" || pattern.includes("..")) continue;
    for await (const path of glob(join(pattern, "package.json"), { cwd: folder, exclude: ["**/node_modules/**"] })) {
      const manifest = await readManifest(join(folder, path));
      if (manifest !== undefined) manifests.push(manifest);
    }
  }
  const names = manifests.flatMap((manifest) =>
    manifest["private"] === true ? [] : [stringAt(manifest, "name") ?? []].flat(),
  );
  if (names.length === 0)
    throw new UsageError("every package of this project is private", "Name what it publishes, like npm:name.");
  return names.toSorted().map((name) => ({ channel: "npm", name }));
}

async function readManifest(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return undefined;
  }
  const value = parseStrictJson(text, path);
  return isObject(value) ? value : undefined;
}
