import { valueOf } from "../reason.ts";
import type { Repository } from "../reference.ts";
import type { FetchedManifest } from "../registry/fetch-manifest.ts";
import type { Registry } from "../registry/registry.ts";
import { entriesIn } from "../members.ts";

const MOST_PLATFORMS = 20;

/** What has this digest in an image, or in that of a platform of an index, besides manifests. Throws OciError. */
export async function partOf(
  registry: Registry,
  repository: Repository,
  { manifest }: FetchedManifest,
  digest: string,
): Promise<"config" | "layer" | undefined> {
  if (manifest.kind === "manifest") {
    if (manifest.config.digest === digest) return "config";
    return manifest.layers.some((layer) => layer.digest === digest) ? "layer" : undefined;
  }
  for (const child of entriesIn(manifest).slice(0, MOST_PLATFORMS)) {
    const platform = valueOf(await registry.manifest(repository, child.digest));
    const part = platform.manifest.kind === "index" ? undefined : await partOf(registry, repository, platform, digest);
    if (part !== undefined) return part;
  }
  return undefined;
}
