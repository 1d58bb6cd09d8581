import type { Answer, Proof, ReleaseObject, Store } from "@colophon/core";
import { OciError } from "../error.ts";
import { ownDigests, toProofs } from "../layer-proof.ts";
import { parseLocation, registryLocation, type Place } from "../location.ts";
import { digestNotTold, reasonOf, valueOf } from "../reason.ts";
import { formatRepository, type Repository } from "../reference.ts";
import type { Registry } from "../registry/registry.ts";
import type { Source } from "../source.ts";
import type { FoundAttestations } from "../survey.ts";
import { gatherAttestations, gatherFromIndex, merge, type Searched } from "./gather.ts";

export interface OciStoreOptions {
  readonly registry: Registry;
  /** Repositories besides an image's own that hold attestations, as cosign's COSIGN_REPOSITORY names one. */
  readonly elsewhere?: readonly Repository[];
}

/** Objects under way at once; the client bounds their requests. */
const AT_ONCE = 8;

/**
 * The attestations in OCI registries of what has an `oci://` location: by referrers API, fallback tag, `.att` tag, our
 * own tags, and BuildKit's index entries where the location names the index, all of them together. What could not be
 * asked makes the answer `unavailable`. The tags of a repository are listed once.
 */
export function createOciStore({ registry, elsewhere = [] }: OciStoreOptions): Store {
  const listed = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  const tagsOf = (repository: Repository): Promise<ReadonlySet<string> | undefined> => {
    const name = formatRepository(repository);
    const tags = listed.get(name) ?? listTags(registry, repository);
    listed.set(name, tags);
    return tags;
  };
  const search = async (repository: Repository): Promise<Searched> => ({
    registry,
    repository,
    tags: await tagsOf(repository),
  });
  return {
    name: "oci",
    async *find(batch) {
      const answers: Promise<Answer>[] = [];
      for (const [index] of batch.entries()) {
        const next = batch.slice(answers.length, index + AT_ONCE);
        answers.push(...next.map((object) => answerFor(object, elsewhere, search)));
        yield await (answers[index] as Promise<Answer>);
      }
    },
  };
}

/** Undefined where there is no list, or none to its end: then each tag is tried. */
async function listTags(registry: Registry, repository: Repository): Promise<ReadonlySet<string> | undefined> {
  const answer = await registry.tags(repository);
  return answer.ok && answer.value.incomplete === undefined ? new Set(answer.value.items) : undefined;
}

type Search = (repository: Repository) => Promise<Searched>;

async function answerFor(object: ReleaseObject, elsewhere: readonly Repository[], search: Search): Promise<Answer> {
  try {
    const places = object.locations.map(parseLocation).filter((place) => place !== undefined);
    if (places.length === 0) return { object: object.id, status: "not-applicable" };
    const digests = ownDigests(object.digest);
    if (digests.length === 0) return { object: object.id, status: "unavailable", reason: digestNotTold(object) };
    return { object: object.id, status: "answered", found: await findProofs(places, digests, elsewhere, search) };
  } catch (error) {
    if (!(error instanceof OciError)) throw error;
    return { object: object.id, status: "unavailable", reason: reasonOf(error) };
  }
}

async function findProofs(
  places: readonly Place[],
  digests: readonly string[],
  elsewhere: readonly Repository[],
  search: Search,
): Promise<readonly Proof[]> {
  const found: Proof[] = [];
  const own = Map.groupBy(places, formatRepository);
  for (const same of own.values()) {
    const [repository] = same;
    if (repository !== undefined) found.push(...(await findIn(await search(repository), same, digests)));
  }
  for (const repository of elsewhere) {
    if (!own.has(formatRepository(repository))) found.push(...(await findIn(await search(repository), [], digests)));
  }
  return found;
}

/** `places`: of the object in this repository; none where only its attestations are kept there. */
async function findIn(
  searched: Searched,
  places: readonly Place[],
  digests: readonly string[],
): Promise<readonly Proof[]> {
  const { registry, repository } = searched;
  const found: FoundAttestations[] = [];
  for (const digest of digestsAt(places, digests)) {
    // A registry that hides an image also says that nothing is about it.
    if (places.length > 0) valueOf(await registry.manifest(repository, digest));
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
