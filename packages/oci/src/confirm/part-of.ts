import { roleOfDigest, type DigestRole } from "../chart.ts";
import { entriesIn } from "../members.ts";
import type { Repository } from "../reference.ts";
import type { FetchedManifest } from "../registry/fetch-manifest.ts";
import type { Registry } from "../registry/registry.ts";
import { unlessGone } from "../store/open-manifests.ts";

const MOST_PLATFORMS = 20;

/** What has this digest in an image, or in that of a platform of an index. Throws OciError. */
export async function partOf(
  registry: Registry,
  repository: Repository,
  image: FetchedManifest,
  digest: string,
): Promise<DigestRole | undefined> {
  if (image.manifest.kind === "manifest") return roleOfDigest(image, digest);
  for (const child of entriesIn(image.manifest).slice(0, MOST_PLATFORMS)) {
    const platform = await unlessGone(registry.manifest(repository, child.digest));
    const part = platform === undefined ? undefined : roleOfDigest(platform, digest);
    if (part !== undefined) return part;
  }
  return undefined;
}
