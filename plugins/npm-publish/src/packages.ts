import { basename, join } from "node:path";
import { hashFiles, readTarballManifest, type NpmPublishing } from "@colophon/config/emission";
import type { ProjectPackage } from "@colophon/config";
import { npmPurl, type DigestSet, type Publication } from "@colophon/core";

/** A package with the tarball that is published. */
export interface PackedPackage {
  readonly publication: Publication;
  readonly manifest: Awaited<ReturnType<typeof readTarballManifest>>;
  /** Absolute. */
  readonly tarball: string;
}

/** A tarball, and the package of the project that it was packed from. */
export interface Packed {
  readonly tarball: string;
  readonly from?: ProjectPackage;
}

/** Packs the packages one after another: their scripts may build into each other's folders. Rejects with NpmError. */
export async function packAll(
  packages: readonly ProjectPackage[],
  destination: string,
  npm: NpmPublishing,
): Promise<readonly Packed[]> {
  const packed: Packed[] = [];
  for (const from of packages) {
    // Two packages may pack to one name, as @acme/ui-kit and @acme-ui/kit do.
    packed.push({ tarball: await npm.pack(from.folder, join(destination, String(packed.length))), from });
  }
  return packed;
}

/** What each tarball is, by what is inside of it. Rejects with NpmError for what is no package. */
export async function readPackages(tarballs: readonly Packed[]): Promise<readonly PackedPackage[]> {
  return await Promise.all(
    tarballs.map(async ({ tarball }): Promise<PackedPackage> => {
      const manifest = await readTarballManifest(tarball);
      const { name } = manifest;
      // As the registry lists it: without build metadata, which no purl of what is served has either.
      const version = manifest.version.replace(/\+.*$/, "");
      const digest = await digestOf(tarball);
      return {
        publication: { id: npmPurl(name, version), name, version, digest, after: manifest.needs },
        manifest,
        tarball,
      };
    }),
  );
}

async function digestOf(tarball: string): Promise<DigestSet> {
  const [hashed] = await hashFiles([{ name: basename(tarball), path: tarball, location: tarball }]);
  return hashed?.digest ?? {};
}
