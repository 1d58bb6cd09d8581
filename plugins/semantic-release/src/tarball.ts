import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { hashFiles, readTarballManifest } from "@colophon/config/emission";
import type { DigestSet } from "@colophon/core";
import { ENOTARBALL } from "./definitions/errors.ts";
import { checkPackage } from "./check-package.ts";
import type { ReleaseContext } from "./context.ts";
import { withNpm, type Means } from "./emission.ts";
import type { NpmPackage } from "./npm-package.ts";
import { releaseError } from "./release-error.ts";

/** The tarball of the package that is released. */
export interface Tarball {
  /** Absolute. */
  readonly path: string;
  readonly digest: DigestSet;
}

/**
 * The tarball that @semantic-release/npm keeps in `tarballDir`, where it is told to. Rejects with ENOTARBALL, and where it
 * is another package, or another version, than is released.
 */
export async function readKeptTarball(
  { manifest, tarballDir }: NpmPackage,
  { cwd, nextRelease: { version } }: ReleaseContext,
  expected: { readonly sourceRepository?: string },
): Promise<Tarball | undefined> {
  if (tarballDir === undefined) return undefined;
  // As npm names what it packs.
  const name = `${manifest.name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`;
  const path = resolve(cwd, tarballDir, name);
  const found = (await readdir(resolve(cwd, tarballDir)).catch(() => [])).filter((one) => one.endsWith(".tgz"));
  if (!found.includes(name)) throw releaseError(ENOTARBALL, { path: join(tarballDir, name), found });
  await checkTarball(path, join(tarballDir, name), { name: manifest.name, version, ...expected });
  return { path, digest: await digestOf(path) };
}

/**
 * Packs the package as @semantic-release/npm will when it publishes it, and hands the tarball to `use`; it is gone after
 * that. Rejects with NpmError, and as `readKeptTarball` does.
 */
export async function withPackedTarball<Result>(
  { folder, file, manifest }: NpmPackage,
  means: Means,
  expected: { readonly version: string; readonly sourceRepository?: string },
  use: (tarball: Tarball) => Promise<Result>,
): Promise<Result> {
  const scratch = await mkdtemp(join(tmpdir(), "colophon-semantic-release-"));
  try {
    const { registry } = manifest.publishConfig;
    const published = { name: manifest.name, ...(registry === undefined ? {} : { registry }) };
    const path = await withNpm(means, published, (npm) => npm.pack(folder, scratch));
    await checkTarball(path, file, { name: manifest.name, ...expected });
    return await use({ path, digest: await digestOf(path) });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function checkTarball(
  path: string,
  file: string,
  expected: { readonly name: string; readonly version: string; readonly sourceRepository?: string },
): Promise<void> {
  const errors = checkPackage(await readTarballManifest(path), file, expected);
  if (errors.length > 0) throw new AggregateError(errors);
}

export async function digestOf(path: string): Promise<DigestSet> {
  const [hashed] = await hashFiles([{ name: basename(path), path, location: path }]);
  return hashed?.digest ?? {};
}
