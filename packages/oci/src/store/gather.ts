import type { Descriptor } from "../descriptor.ts";
import { OciError } from "../error.ts";
import { KINDS } from "../manifest.ts";
import { errorOf, valueOf } from "../reason.ts";
import type { Repository } from "../reference.ts";
import type { FetchedManifest } from "../registry/fetch-manifest.ts";
import { fallbackTag } from "../registry/lists.ts";
import type { ReferrerList, Registry } from "../registry/registry.ts";
import { isAttestationLayer, roleOf } from "../role.ts";
import type { FoundAttestations } from "../survey.ts";
import { attTag, ownTagsOf } from "./tag-names.ts";

/** Where the attestations of a manifest are looked for. */
export interface Searched {
  readonly registry: Registry;
  readonly repository: Repository;
  /** The repository's tags; undefined where they cannot be listed, and each has to be tried. */
  readonly tags: ReadonlySet<string> | undefined;
}

const MOST_REFERRERS = 2000;

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
  const { tags } = searched;
  if (incomplete !== undefined) throw errorOf(incomplete);
  // One that has the API now may have had none when it was written to.
  const older = from === "api" ? await readTag(searched, fallbackTag(digest)) : undefined;
  const listed = older?.manifest.kind === "index" ? older.manifest.manifests : [];
  const att = await readTag(searched, attTag(digest));
  const ownTags = bounded(ownTagsOf(tags ?? [], digest), digest);
  const own = await Promise.all(ownTags.map((tag) => readTag(searched, tag)));
  return merge([
    ...(await openReferrers(searched, [...items, ...listed], digest)),
    ...own.flatMap((manifest) => aboutIt(manifest, digest)),
    ...attestationsIn(att, digest),
  ]);
}

/** What BuildKit keeps about a platform in the index that lists it. Throws OciError. */
export async function gatherFromIndex(
  { registry, repository }: Pick<Searched, "registry" | "repository">,
  index: string,
  digest: string,
): Promise<readonly FoundAttestations[]> {
  const { manifest } = valueOf(await registry.manifest(repository, index));
  const children = manifest.kind === "index" ? manifest.manifests : [];
  const about = children.filter((child) => {
    const role = roleOf(child);
    return role.as === "evidence" && role.subject === digest;
  });
  const opened = await Promise.all(about.map((child) => registry.manifest(repository, child.digest)));
  return opened.flatMap((answer) => attestationsIn(valueOf(answer), digest));
}

/** Each manifest once. */
export function merge(found: readonly FoundAttestations[]): readonly FoundAttestations[] {
  return [...new Map(found.map((attestations) => [attestations.digest, attestations])).values()];
}

async function openReferrers(
  { registry, repository }: Searched,
  descriptors: readonly Descriptor[],
  digest: string,
): Promise<readonly FoundAttestations[]> {
  const manifests = descriptors.filter(({ mediaType }) => Object.hasOwn(KINDS, mediaType));
  const listed = bounded([...new Set(manifests.map((one) => one.digest))], digest);
  const opened = await Promise.all(listed.map((name) => unlessGone(registry.manifest(repository, name))));
  return opened.flatMap((manifest) => aboutIt(manifest, digest));
}

function bounded(names: readonly string[], digest: string): readonly string[] {
  if (names.length <= MOST_REFERRERS) return names;
  throw new OciError("TOO_LARGE", `${digest}: ${names.length} manifests refer to it, more than ${MOST_REFERRERS}`);
}

async function readTag({ registry, repository, tags }: Searched, tag: string): Promise<FetchedManifest | undefined> {
  return tags?.has(tag) === false ? undefined : await unlessGone(registry.manifest(repository, tag));
}

/** What was deleted may be listed still. */
export async function unlessGone(asked: ReturnType<Registry["manifest"]>): Promise<FetchedManifest | undefined> {
  const answer = await asked;
  return !answer.ok && answer.reason.code === "no-such-object" ? undefined : valueOf(answer);
}

/** Its own subject alone says what a manifest is about, whatever lists it. */
function aboutIt(fetched: FetchedManifest | undefined, digest: string): readonly FoundAttestations[] {
  return fetched?.manifest.subject?.digest === digest ? attestationsIn(fetched, digest) : [];
}

function attestationsIn(fetched: FetchedManifest | undefined, subject: string): readonly FoundAttestations[] {
  if (fetched?.manifest.kind !== "manifest" || !fetched.manifest.layers.some(isAttestationLayer)) return [];
  return [{ digest: fetched.digest, layers: fetched.manifest.layers, subjects: [subject] }];
}
