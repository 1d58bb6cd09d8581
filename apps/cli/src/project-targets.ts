import { readFile } from "node:fs/promises";
import { join } from "node:path";
import mapWorkspaces from "@npmcli/map-workspaces";
import { isObject, objectAt, parseStrictJson, stringAt, type JsonObject, type Target } from "@colophon/core";
import { UsageError } from "./usage-error.ts";

/**
 * The npm packages that a folder's project publishes: its package.json and those of its workspaces (npm's
 * documentation, "workspaces"), but for the private ones. `registryOf` tells where a package would be asked for.
 * Throws UsageError where there are none, where one cannot be read, or where one is published elsewhere.
 */
export async function targetsOfProject(folder: string, registryOf: (name: string) => string): Promise<Target[]> {
  const root = await readManifest(folder);
  if (root === undefined) {
    throw new UsageError(
      "no object is named, and this folder has no package.json",
      "Name packages like npm:name or npm:@scope/name@^1.",
    );
  }
  const manifests = [root];
  for (const path of await findWorkspaces(folder, root)) {
    const manifest = await readManifest(path);
    if (manifest !== undefined) manifests.push(manifest);
  }
  const published = manifests.filter((manifest) => manifest["private"] !== true);
  for (const manifest of published) checkRegistry(manifest, registryOf);
  const names = published.flatMap((manifest) => stringAt(manifest, "name") ?? []);
  if (names.length === 0) {
    throw new UsageError(
      "every package of this project is private or has no name",
      "Name what it publishes, like npm:name.",
    );
  }
  return names.toSorted().map((name) => ({ channel: "npm", name }));
}

async function findWorkspaces(folder: string, root: JsonObject): Promise<string[]> {
  if (root["workspaces"] === undefined) return [];
  try {
    return [...(await mapWorkspaces({ cwd: folder, pkg: root })).values()];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "unknown failure";
    throw new UsageError(`the workspaces of package.json cannot be read: ${why}`, "Name packages like npm:name.");
  }
}

/** Undefined where there is none; one that is there and cannot be read must not go missing. */
async function readManifest(folder: string): Promise<JsonObject | undefined> {
  const path = join(folder, "package.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new UsageError(`${path} cannot be read`, "Name packages like npm:name.");
  }
  const value = parseStrictJson(text.replace(/^\uFEFF/, ""), path);
  if (!isObject(value)) throw new UsageError(`${path} is not an object`, "Name packages like npm:name.");
  return value;
}

/** A package that is published to one registry must not be asked for, by name, at another. */
function checkRegistry(manifest: JsonObject, registryOf: (name: string) => string): void {
  const name = stringAt(manifest, "name");
  const written = stringAt(objectAt(manifest, "publishConfig"), "registry");
  const url = URL.parse(written ?? "");
  if (name === undefined || url === null) return;
  const published = `${url.origin}${url.pathname.replace(/\/*$/, "/")}`;
  if (published === registryOf(name)) return;
  throw new UsageError(
    `${name} is published to ${published}, but would be asked for at ${registryOf(name)}`,
    `Name that registry with --registry ${published}, or in an npmrc for its scope.`,
  );
}
