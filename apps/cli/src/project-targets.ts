import { findPackages } from "@colophon/config";
import { objectAt, stringAt, type JsonObject, type Target } from "@colophon/core";
import { UsageError } from "./usage-error.ts";

/**
 * The npm packages that a folder's project publishes: its package.json and those of its workspaces, but for the private
 * ones. `registryOf` tells where a package would be asked for.
 * Throws UsageError where there are none, or where one is published elsewhere, and WorkspaceError where one cannot be
 * read.
 */
export async function targetsOfProject(folder: string, registryOf: (name: string) => string): Promise<Target[]> {
  const { root, workspaces } = await findPackages(folder);
  if (root === undefined) {
    throw new UsageError(
      "no object is named, and this folder has no package.json",
      "Name packages like npm:name or npm:@scope/name@^1.",
    );
  }
  const manifests = [root, ...workspaces].map(({ manifest }) => manifest);
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
