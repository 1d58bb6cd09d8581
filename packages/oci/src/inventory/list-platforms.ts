import type { Member, ReleaseObject } from "@colophon/core";
import type { Descriptor } from "../descriptor.ts";
import { parseDigest } from "../digest.ts";
import { parseLocation, platformLocation } from "../location.ts";
import { entriesIn } from "../members.ts";
import type { Answered } from "../reason.ts";
import { imagePurl, type Repository } from "../reference.ts";
import type { Registry } from "../registry/registry.ts";

/**
 * What each platform gets of an index in a registry, in its order: every entry but BuildKit's attestations, with a
 * platform or without, however often a digest is listed. An image that is no index has none.
 */
export async function listPlatforms(registry: Registry, index: ReleaseObject): Promise<Answered<readonly Member[]>> {
  const place = index.locations.map(parseLocation).find((found) => found?.digest !== undefined);
  if (place?.digest === undefined) return { ok: true, value: [] };
  const { digest: own, ...repository } = place;
  const answer = await registry.manifest(repository, own);
  if (!answer.ok) return answer;
  return { ok: true, value: entriesIn(answer.value.manifest).map((entry) => toMember(repository, index, own, entry)) };
}

/** One entry of the index of that digest. */
export function toMember(repository: Repository, index: ReleaseObject, own: string, entry: Descriptor): Member {
  const { digest, platform = null } = entry;
  const { algorithm, hex } = parseDigest(digest, digest);
  const locations = [platformLocation(repository, own, digest)];
  const { members: _, ...object } = index;
  return {
    platform,
    object: {
      ...object,
      id: imagePurl(repository, digest),
      locations,
      digest: { [algorithm]: hex },
      digestFrom: "registry",
      tags: [],
    },
  };
}
