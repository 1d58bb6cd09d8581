import type { ReleaseObject } from "@colophon/core";
import { parseDigest } from "../digest.ts";
import { parseLocation, platformLocation } from "../location.ts";
import type { Answered } from "../reason.ts";
import { imagePurl } from "../reference.ts";
import type { Registry } from "../registry/registry.ts";
import { roleOf } from "../role.ts";

/** What one platform gets of an index. */
export interface Platform {
  /** `os/architecture[/variant]`, or null where the index does not tell. */
  readonly platform: string | null;
  /** Its location names the index too: BuildKit keeps there what is about it. */
  readonly object: ReleaseObject;
}

/**
 * The members of an index in a registry, in its order: every entry but BuildKit's attestations, with a platform or
 * without. An image that is no index has none.
 */
export async function listPlatforms(registry: Registry, index: ReleaseObject): Promise<Answered<readonly Platform[]>> {
  const place = index.locations.map(parseLocation).find((found) => found?.digest !== undefined);
  if (place?.digest === undefined) return { ok: true, value: [] };
  const { digest: own, ...repository } = place;
  const answer = await registry.manifest(repository, own);
  if (!answer.ok) return answer;
  const { manifest } = answer.value;
  const members = manifest.kind === "index" ? manifest.manifests.filter((child) => roleOf(child).as === "image") : [];
  const value = members.map(({ digest, platform = null }): Platform => {
    const { algorithm, hex } = parseDigest(digest, digest);
    const locations = [platformLocation(repository, own, digest)];
    const object = { ...index, id: imagePurl(repository, digest), locations, digest: { [algorithm]: hex }, tags: [] };
    return { platform, object: { ...object, digestFrom: "registry" } };
  });
  return { ok: true, value };
}
