import { copyFile, mkdir, rm, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { findFiles, hashFiles } from "@colophon/config/emission";
import { compareDigests, npmPurl, type DigestSet, type PlannedSubject } from "@colophon/core";
import { ENOSUBJECTS, EOUTPUTREMOVED, ETARBALLDIFFERS } from "./definitions/errors.ts";
import type { ReleaseContext } from "./context.ts";
import type { Means } from "./emission.ts";
import { readGoreleaser } from "./goreleaser.ts";
import { hasImages } from "./images.ts";
import { readNpmPackage, type NpmPackage } from "./npm-package.ts";
import { releaseError } from "./release-error.ts";
import { readKeptTarball, withPackedTarball, type Tarball } from "./tarball.ts";

/** What is released, and by which file names the attestations of it are called. */
export interface Subjects {
  readonly subjects: readonly PlannedSubject[];
  /** Names of files by names of subjects. */
  readonly fileNames: ReadonlyMap<string, string>;
}

const TARBALLS = "tarballs";

/**
 * The npm package, as its registry will have it, what GoReleaser made, and the files of the option `subjects`. Rejects with ENOSUBJECTS, or
 * where the package is not the one that is released.
 */
export async function readSubjects(
  means: Means,
  context: ReleaseContext,
  expected: { readonly sourceRepository?: string },
): Promise<Subjects> {
  const npm = await readNpmPackage(context);
  const tarball = npm === undefined ? undefined : await readPackage(npm, means, context, expected);
  const { goreleaser } = means.options;
  const made = goreleaser === undefined ? [] : await readGoreleaser(goreleaser, context.cwd);
  const files = [...made, ...(await readFiles(means))];
  const others = files.filter(
    ({ digest }) => tarball === undefined || compareDigests(digest, tarball.digest) !== "match",
  );
  const subjects = [...(tarball === undefined ? [] : [tarball]), ...others];
  if (subjects.length === 0 && !hasImages(means.options)) throw releaseError(ENOSUBJECTS, { why: "it is empty" });
  const named = new Set(made.map(({ name }) => name));
  const fileNames = new Map(subjects.map(({ name, path = name }) => [name, named.has(name) ? name : basename(path)]));
  return { subjects, fileNames };
}

/** A package that no registry gets is a file like any other, and without a tarball nothing at all. */
async function readPackage(
  npm: NpmPackage,
  means: Means,
  context: ReleaseContext,
  expected: { readonly sourceRepository?: string },
): Promise<PlannedSubject | undefined> {
  const { version } = context.nextRelease;
  const kept = await readKeptTarball(npm, context, npm.isPublished ? expected : {});
  if (!npm.isPublished)
    return kept === undefined ? undefined : toSubject(basename(kept.path), kept.digest, kept.path, context);
  return await withPackedTarball(npm, means, { version, ...expected }, async (packed) => {
    await requireOutput(means);
    if (kept !== undefined) compare(kept, packed, context);
    const path = await keepTarball(packed, means);
    return toSubject(npmPurl(npm.manifest.name, version), packed.digest, path, context);
  });
}

/** A script that takes the folder away while packing will do so again in `publish`, when the version is public. */
async function requireOutput({ output: { path, shown } }: Means): Promise<void> {
  const isThere = await stat(join(path, ".colophon")).catch(() => undefined);
  if (isThere === undefined) throw releaseError(EOUTPUTREMOVED, { outputDir: shown });
}

/** The registry gets what is packed in `publish`, not what lies in `tarballDir`. */
function compare(kept: Tarball, packed: Tarball, { cwd }: ReleaseContext): void {
  if (compareDigests(kept.digest, packed.digest) === "match") return;
  const path = relative(cwd, kept.path).split(sep).join("/");
  throw releaseError(ETARBALLDIFFERS, { path, packed: showDigest(kept.digest), again: showDigest(packed.digest) });
}

/** Kept in the output folder, so that a release that was not proven can be completed from there. */
async function keepTarball({ path }: Tarball, { output }: Means): Promise<string> {
  const folder = join(output.path, TARBALLS);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const kept = join(folder, basename(path));
  await copyFile(path, kept);
  return kept;
}

function toSubject(name: string, digest: DigestSet, path: string, { cwd }: ReleaseContext): PlannedSubject {
  return { name, digest, from: "file", path: relative(cwd, path).split(sep).join("/") };
}

async function readFiles({ options, context: { cwd }, output }: Means): Promise<readonly PlannedSubject[]> {
  const found = await findFiles(options.subjects, { cwd, outputFolder: output.path }).catch((error: unknown) => {
    throw isUnmatched(error) ? releaseError(ENOSUBJECTS, { why: error.message }) : error;
  });
  const hashed = await hashFiles(found);
  return hashed.map(({ name, path, digest }) => ({ name, digest, from: "file", path }));
}

function isUnmatched(error: unknown): error is Error {
  return (
    error instanceof Error && "code" in error && ["PATTERN_UNMATCHED", "FILE_MISSING"].includes(String(error.code))
  );
}

/** The strongest digest, for people. */
export function showDigest(digest: DigestSet): string {
  const algorithm = ["sha512", "sha384", "sha256"].find((one) => digest[one] !== undefined) ?? "sha256";
  return `${algorithm}:${digest[algorithm]}`;
}
