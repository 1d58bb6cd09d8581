import { access, cp, copyFile, mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { NameFiles } from "@colophon/attest";
import { attestationFiles } from "@colophon/config/emission";
import { parsePlan, type ObjectId, type PlannedSubject } from "@colophon/core";
import type { PackedPackage } from "./packages.ts";

const TARBALLS = "tarballs";

/** Each tarball by the package's purl, as the registry's own provenance names it. `outputDir` as it is shown. */
export function subjectsOf(packages: readonly PackedPackage[], outputDir: string): readonly PlannedSubject[] {
  return packages.map(({ publication: { id, digest }, tarball }) => ({
    name: id,
    digest,
    from: "file",
    path: `${outputDir}/${TARBALLS}/${fileNameOf(tarball, id, packages)}`,
  }));
}

/** Attestations are named after the tarball, which is what people look for beside it. */
export function nameFiles(packages: readonly PackedPackage[]): NameFiles {
  const names = new Map<string, string>(
    packages.map(({ publication: { id }, tarball }) => [id, fileNameOf(tarball, id, packages)]),
  );
  return (subjects) => attestationFiles(subjects.map((one) => names.get(one) ?? one));
}

/** Two packages of one file name are told apart by their purls. */
function fileNameOf(tarball: string, id: ObjectId, packages: readonly PackedPackage[]): string {
  const name = basename(tarball);
  const isShared = packages.some((one) => one.publication.id !== id && basename(one.tarball) === name);
  return isShared ? `${encodeURIComponent(id)}.tgz` : name;
}

/** Keeps what was packed in the output folder, as it is what is published; by id, absolute paths. */
export async function keepTarballs(
  packages: readonly PackedPackage[],
  outputFolder: string,
): Promise<ReadonlyMap<ObjectId, string>> {
  const folder = join(outputFolder, TARBALLS);
  await mkdir(folder, { recursive: true });
  const kept = new Map<ObjectId, string>();
  for (const { publication, tarball } of packages) {
    const path = join(folder, fileNameOf(tarball, publication.id, packages));
    // One of an earlier run is published again from where it lies.
    if (tarball !== path) {
      await rm(path, { force: true });
      await copyFile(tarball, path);
    }
    kept.set(publication.id, path);
  }
  return kept;
}

/** Copies the output folder, and gives a function that puts it back where a script of packing has taken it away. */
export async function keepOutput(folder: string, copy: string): Promise<() => Promise<void>> {
  const isThere = async (): Promise<boolean> =>
    await access(join(folder, ".colophon")).then(
      () => true,
      () => false,
    );
  if (!(await isThere())) return async () => undefined;
  await cp(folder, copy, { recursive: true });
  return async () => {
    if (!(await isThere())) await cp(copy, folder, { recursive: true });
  };
}

/** Ids of what an earlier run planned to publish. */
export async function plannedBefore(folder: {
  readonly read: (name: string) => Promise<Uint8Array | undefined>;
}): Promise<ReadonlySet<string>> {
  const bytes = await folder.read("plan.json");
  if (bytes === undefined) return new Set();
  return new Set(parsePlan(Buffer.from(bytes).toString("utf8")).subjects.map(({ name }) => name));
}
