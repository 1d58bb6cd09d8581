import { toProofs, type ReadProofs } from "../layer-proof.ts";
import { registryLocation, type Place } from "../location.ts";
import { valueOf } from "../reason.ts";
import type { Repository } from "../reference.ts";
import type { Registry } from "../registry/registry.ts";
import type { Source } from "../source.ts";
import type { FoundAttestations } from "../survey.ts";
import { gatherAttestations, gatherFromIndex, merge, type Searched } from "./gather.ts";

/** Lists the tags of a repository, before what they may lead to is looked for in it. */
export async function openSearch(registry: Registry, repository: Repository): Promise<Searched> {
  const answer = await registry.tags(repository);
  const isWhole = answer.ok && answer.value.incomplete === undefined;
  return { registry, repository, tags: isWhole ? new Set(answer.value.items) : undefined };
}

/**
 * The attestations of an object in one repository. `places`: where the object itself lies in it; none where only its
 * attestations are kept there. Throws OciError.
 */
export async function findIn(
  searched: Searched,
  places: readonly Place[],
  digests: readonly string[],
): Promise<ReadProofs> {
  const { registry, repository } = searched;
  const found: FoundAttestations[] = [];
  for (const digest of digestsAt(places, digests)) {
    // A registry that hides an image also says that nothing is about it. It hides what an index lists with the index.
    const at = places.find((place) => place.digest === digest && place.index !== undefined);
    if (places.length > 0) valueOf(await registry.manifest(repository, at?.index ?? digest));
    found.push(...(await gatherAttestations(searched, digest)));
  }
  for (const { index, digest } of places) {
    if (index !== undefined && digest !== undefined) found.push(...(await gatherFromIndex(searched, index, digest)));
  }
  const asked = { source: sourceOf(searched), digests, isOnlyImage: false, subjectsOf: async () => new Set<string>() };
  return await toProofs(merge(found), asked);
}

/** A registry has a manifest under one digest, which its location tells. */
function digestsAt(places: readonly Place[], digests: readonly string[]): readonly string[] {
  const told = places.flatMap(({ digest }) => (digest !== undefined && digests.includes(digest) ? [digest] : []));
  return told.length > 0 ? [...new Set(told)] : digests;
}

function sourceOf({ registry, repository }: Searched): Source {
  return {
    blob: async (descriptor) => valueOf(await registry.blob(repository, descriptor)),
    locationOf: (digest) => registryLocation(repository, digest),
  };
}
