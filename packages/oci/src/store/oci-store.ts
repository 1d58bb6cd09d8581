import type { Answer, ReleaseObject, Store } from "@colophon/core";
import { OciError } from "../error.ts";
import { ownDigests, type ReadProofs } from "../layer-proof.ts";
import { parseLocation, type Place } from "../location.ts";
import { digestNotTold, reasonOf } from "../reason.ts";
import { formatRepository, type Repository } from "../reference.ts";
import type { Registry } from "../registry/registry.ts";
import { findIn, openSearch } from "./find-in.ts";
import type { Searched } from "./gather.ts";

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
  const opened = new Map<string, Promise<Searched>>();
  const search: Search = (repository) => {
    const name = formatRepository(repository);
    const searched = opened.get(name) ?? openSearch(registry, repository);
    opened.set(name, searched);
    return searched;
  };
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

type Search = (repository: Repository) => Promise<Searched>;

async function answerFor(object: ReleaseObject, elsewhere: readonly Repository[], search: Search): Promise<Answer> {
  try {
    const places = object.locations.map(parseLocation).filter((place) => place !== undefined);
    if (places.length === 0) return { object: object.id, status: "not-applicable" };
    const digests = ownDigests(object.digest);
    if (digests.length === 0) return { object: object.id, status: "unavailable", reason: digestNotTold(object) };
    const { found, unread } = await findProofs(places, digests, elsewhere, search);
    if (unread === undefined) return { object: object.id, status: "answered", found };
    return { object: object.id, status: "unavailable", reason: reasonOf(unread), found };
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
): Promise<ReadProofs> {
  const read: ReadProofs[] = [];
  const own = Map.groupBy(places, formatRepository);
  for (const same of own.values()) {
    const [repository] = same;
    if (repository !== undefined) read.push(await findIn(await search(repository), same, digests));
  }
  const others = new Map(elsewhere.map((repository) => [formatRepository(repository), repository]));
  for (const [name, repository] of others) {
    if (!own.has(name)) read.push(await findIn(await search(repository), [], digests));
  }
  const unread = read.find((one) => one.unread !== undefined)?.unread;
  return { found: read.flatMap(({ found }) => found), ...(unread !== undefined && { unread }) };
}
