import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const NAMES = ["ts", "js", "json", "yaml"].map((ending) => `colophon.config.${ending}`);

/**
 * The configuration of a folder's project: `colophon.config.{ts,js,json,yaml}`, or a package.json with the key
 * `colophon`; in that folder, else in the folders above it up to the root of the git checkout.
 */
export async function findConfig(folder: string): Promise<string | undefined> {
  for (const name of NAMES) {
    const file = join(folder, name);
    if (existsSync(file)) return file;
  }
  const manifest = join(folder, "package.json");
  if (await hasKey(manifest)) return manifest;
  const above = dirname(folder);
  return existsSync(join(folder, ".git")) || above === folder ? undefined : await findConfig(above);
}

/** A package.json that cannot be read is not a configuration; whoever needs the manifest itself will say so. */
async function hasKey(manifest: string): Promise<boolean> {
  try {
    const value: unknown = JSON.parse(await readFile(manifest, "utf8"));
    return typeof value === "object" && value !== null && Object.hasOwn(value, "colophon");
  } catch {
    return false;
  }
}
