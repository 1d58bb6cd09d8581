import { realpath } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { DigestSet } from "@colophon/core";
import { WorkspaceError } from "./error.ts";
import { isMissing, unreadable } from "./fault.ts";
import { hashFile } from "./hash/hash-files.ts";
import { isInside } from "./inside.ts";
import { quote } from "./name.ts";

/** In the order in which one is taken where a folder has several; npm itself prefers the shrinkwrap. */
const LOCKFILES = [
  "npm-shrinkwrap.json",
  "package-lock.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "bun.lockb",
  "deno.lock",
  "Cargo.lock",
  "go.sum",
  "uv.lock",
  "poetry.lock",
  "Pipfile.lock",
  "Gemfile.lock",
  "composer.lock",
  "mix.lock",
  "gradle.lockfile",
  "packages.lock.json",
] as const;

/** What the dependencies of a build were fixed by. */
export interface Lockfile {
  /** Path with forward slashes, relative to the root. */
  readonly name: string;
  /** sha256 and sha512, lower-case hexadecimal. */
  readonly digest: DigestSet;
}

/**
 * The lockfile of the project in a folder: the nearest one from there up to the root of the checkout, or to the folder
 * itself where there is no root. Undefined where there is none. Throws FILE_REFUSED for a symbolic link that leads out of
 * the root, and what hashFile throws.
 */
export async function readLockfile(folder: string, root: string = folder): Promise<Lockfile | undefined> {
  const top = await realpath(root);
  for (let at = await realpath(folder); isInside(top, at); at = dirname(at)) {
    for (const name of LOCKFILES) {
      const path = join(at, name);
      const shown = relative(top, path).split(sep).join("/");
      const location = await locate(path, shown);
      if (location === undefined) continue;
      if (!isInside(top, location)) {
        throw new WorkspaceError("FILE_REFUSED", `${quote(shown)} is a symbolic link out of the project`, {
          hint: "Keep the lockfile in the repository.",
        });
      }
      return { name: shown, digest: (await hashFile(location)).digest };
    }
    if (at === dirname(at)) break;
  }
  return undefined;
}

async function locate(path: string, shown: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw unreadable(shown, cause);
  }
}
