import { KINDS } from "../manifest.ts";
import { errorOf, valueOf } from "../reason.ts";
import type { Repository } from "../reference.ts";
import type { FetchedManifest } from "../registry/fetch-manifest.ts";
import { fallbackTag } from "../registry/lists.ts";
import type { ReferrerList, Registry } from "../registry/registry.ts";
import { isAttestationLayer, roleOf } from "../role.ts";
import type { FoundAttestations } from "../survey.ts";
import { openManifests, refuseTooMany, unlessGone } from "./open-manifests.ts";
import { attTag, ownTagsOf } from "./tag-names.ts";

/** Where the attestations of a manifest are looked for. */
export interface Searched {
  readonly registry: Registry;
  readonly repository: Repository;
  /** The repository's tags; undefined where they cannot be listed, and each has to be tried. */
  readonly tags: ReadonlySet<string> | undefined;
}

/**
 * The attestations of a manifest in one repository, by every way in which they may be filed there: the referrers API,
 * the tag that lists referrers where there is no such API, cosign's `.att` tag, and our own tags. Throws OciError.
 */
export async function gatherAttestations(searched: Searched, digest: string): Promise<readonly FoundAttestations[]> {
  const { registry, repository, tags } = searched;
  return await gatherFromReferrers(searched, digest, valueOf(await registry.referrers(repository, digest, tags)));
}

/** The same once it is known what the registry lists. */
export async function gatherFromReferrers(
  searched: Searched,
  digest: string,
  { from, items, incomplete }: ReferrerList,
): Promise<readonly FoundAttestations[]> {
  const { registry, repository, tags } = searched;
  if (incomplete !== undefined) throw errorOf(incomplete);
  // One that has the API now may have had none when it was written to.
  const older = from === "api" ? await readTag(searched, fallbackTag(digest)) : undefined;
  const listed = older?.manifest.kind === "index" ? older.manifest.manifests : [];
  const att = await readTag(searched, attTag(digest));
  const open = (name: string): ReturnType<typeof unlessGone> => unlessGone(registry.manifest(repository, name));
  const found: FoundAttestations[] = [];
  const referrers = [...items, ...listed].filter(({ mediaType }) => Object.hasOwn(KINDS, mediaType));
  for (const names of [referrers.map((one) => one.digest), ownTagsOf(tags ?? [], digest)]) {
    for await (const manifest of openManifests(names, digest, open)) found.push(...aboutIt(manifest, digest));
  }
  return merge([...found, ...attestationsIn(att, digest)]);
}

/** What BuildKit keeps about a platform in the index that lists it. Throws OciError. */
export async function gatherFromIndex(
  { registry, repository }: Pick<Searched, "registry" | "repository">,
  index: string,
  digest: string,
): Promise<readonly FoundAttestations[]> {
  const { manifest } = valueOf(await registry.manifest(repository, index));
  const children = manifest.kind === "index" ? manifest.manifests : [];
  const evidence = children.flatMap((child) => {
    const role = roleOf(child);
    return role.as === "evidence" ? [{ name: child.digest, subject: role.subject }] : [];
  });
  // Each of its platforms opens its own.
  refuseTooMany(evidence.length, index);
  const about = evidence.filter(({ subject }) => subject === digest).map(({ name }) => name);
  const found: FoundAttestations[] = [];
  const open = async (name: string): Promise<FetchedManifest> => valueOf(await registry.manifest(repository, name));
  for await (const manifest of openManifests(about, digest, open)) found.push(...attestationsIn(manifest, digest));
  return found;
}

/** Each manifest once. */
export function merge(found: readonly FoundAttestations[]): readonly FoundAttestations[] {
  return [...new Map(found.map((attestations) => [attestations.digest, attestations])).values()];
}

async function readTag({ registry, repository, tags }: Searched, tag: string): Promise<FetchedManifest | undefined> {
  return tags?.has(tag) === false ? undefined : await unlessGone(registry.manifest(repository, tag));
}

/** Its own subject alone says what a manifest is about, whatever lists it. */
function aboutIt(fetched: FetchedManifest, digest: string): readonly FoundAttestations[] {
  return fetched.manifest.subject?.digest === digest ? attestationsIn(fetched, digest) : [];
}

function attestationsIn(fetched: FetchedManifest | undefined, subject: string): readonly FoundAttestations[] {
  if (fetched?.manifest.kind !== "manifest" || !fetched.manifest.layers.some(isAttestationLayer)) return [];
  return [{ digest: fetched.digest, layers: fetched.manifest.layers, subjects: [subject] }];
}
