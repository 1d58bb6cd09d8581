import { join, relative, resolve, sep } from "node:path";
import { readFolderManifest } from "@colophon/config/emission";
import type { Context } from "./context.ts";
import { configOf, NPM } from "./plugins.ts";

/** The package that @semantic-release/npm releases. */
export interface NpmPackage {
  /** Absolute; `pkgRoot` of its options, else the folder that is released. */
  readonly folder: string;
  /** Path of its package.json as the user would write it. */
  readonly file: string;
  readonly manifest: Awaited<ReturnType<typeof readFolderManifest>>;
  /** Folder that the tarball is kept in, relative as written. */
  readonly tarballDir?: string;
  /** Whether a registry gets it. */
  readonly isPublished: boolean;
}

/**
 * What @semantic-release/npm is told to release, or undefined where it is not listed. Rejects with NpmError:
 * MANIFEST_MISSING where a step is still to make the package.json.
 */
export async function readNpmPackage(context: Context): Promise<NpmPackage | undefined> {
  const config = configOf(NPM, context);
  if (config === undefined) return undefined;
  const { pkgRoot, tarballDir, npmPublish } = config;
  const folder = typeof pkgRoot === "string" ? resolve(context.cwd, pkgRoot) : context.cwd;
  const manifest = await readFolderManifest(folder);
  return {
    folder,
    file: relative(context.cwd, join(folder, "package.json")).split(sep).join("/"),
    manifest,
    ...(typeof tarballDir === "string" && tarballDir.trim() !== "" ? { tarballDir: tarballDir.trim() } : {}),
    isPublished: npmPublish !== false && !manifest.private,
  };
}
