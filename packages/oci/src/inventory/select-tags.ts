import type { Gap, Warning } from "@colophon/core";
import { registryLocation, tagLocation } from "../location.ts";
import type { OciReason } from "../reason.ts";
import { formatRepository, isTag, type Repository } from "../reference.ts";
import type { Registry } from "../registry/registry.ts";
import { isEvidenceTag } from "../store/tag-names.ts";
import type { Tagged } from "./image-object.ts";
import { gapOf } from "./page.ts";
import { highestTag, isInRange, isRange } from "./tag-version.ts";

/** What a target means: manifests sorted by digest, and what stood in the way. */
export interface Selection {
  readonly tagged: readonly Tagged[];
  readonly gaps: readonly Gap[];
  readonly warnings: readonly Warning[];
  readonly nothing?: OciReason;
}

/**
 * Finds the manifests that a repository's tags lead to. `range`: a digest, a tag and a digest with an `@` between, of
 * which the latter counts, else a tag that is there, else a range of versions; absent: every tag but those that cosign and clients keep what is about images under.
 */
export async function selectTags(registry: Registry, repository: Repository, range?: string): Promise<Selection> {
  const where = formatRepository(repository);
  const [, named, digest] = /^(?:([^@]*)@)?(sha(?:256|512):.*)$/s.exec(range ?? "") ?? [];
  if (digest !== undefined) return await selectDigest(registry, repository, digest, named);
  if (range !== undefined && isTag(range)) {
    const answer = await registry.manifest(repository, range);
    if (answer.ok) return chosen([{ digest: answer.value.digest, tags: [range], isLatest: false }]);
    const isGone = answer.reason.code === "no-such-object";
    if (!isGone) return stopped(tagLocation(repository, range), answer.reason);
    if (!isRange(range)) return { ...chosen([]), nothing: answer.reason };
  }
  const answer = await registry.tags(repository);
  if (!answer.ok) return stopped(`oci://${where}`, answer.reason);
  const { items, incomplete } = answer.value;
  const images = items.filter((tag) => !isEvidenceTag(tag));
  const wanted = range === undefined ? images : images.filter((tag) => isInRange(tag, range));
  const found = await resolveTags(registry, repository, wanted, highestTag(images, "stable"));
  const gap = incomplete === undefined ? [] : [gapOf(`oci://${where}`, incomplete)];
  const gaps = [...gap, ...found.gaps];
  const isNothing = found.tagged.length + gaps.length === 0;
  return { ...found, gaps, ...(isNothing && { nothing: nothingIn(where, range) }) };
}

/** A tag that leads elsewhere by now is no failure, since images are named with both to be sure of one. */
async function selectDigest(
  registry: Registry,
  repository: Repository,
  digest: string,
  tag: string | undefined,
): Promise<Selection> {
  if (tag === undefined) return chosen([{ digest, tags: [], isLatest: false }]);
  const there = await registry.manifest(repository, digest);
  if (!there.ok) return stopped(registryLocation(repository, digest), there.reason);
  const now = await registry.resolve({ ...repository, tag });
  if (now.ok && now.value.digest === digest) return chosen([{ digest, tags: [tag], isLatest: false }]);
  const where = tagLocation(repository, tag);
  const message = now.ok
    ? `${where} leads to ${now.value.digest} now, and ${digest} is judged`
    : `${where} cannot be read, or leads to nothing any more; ${digest} is judged`;
  return { ...chosen([{ digest, tags: [], isLatest: false }]), warnings: [{ code: "tag-moved", message }] };
}

async function resolveTags(
  registry: Registry,
  repository: Repository,
  tags: readonly string[],
  latest: string | undefined,
): Promise<Selection> {
  // HEAD is no pull, which registries count; but what the first leads to has to be read in any case.
  const answers = await Promise.all(
    tags.map((tag, index) =>
      index === 0 ? registry.manifest(repository, tag) : registry.resolve({ ...repository, tag }),
    ),
  );
  const byDigest = new Map<string, string[]>();
  const gaps: Gap[] = [];
  const warnings: Warning[] = [];
  for (const [index, answer] of answers.entries()) {
    const tag = tags[index] ?? "";
    if (answer.ok) byDigest.set(answer.value.digest, [...(byDigest.get(answer.value.digest) ?? []), tag]);
    else if (answer.reason.code === "no-such-object") warnings.push(dangling(repository, tag));
    else gaps.push(gapOf(tagLocation(repository, tag), answer.reason));
  }
  const sorted = [...byDigest].toSorted(([left], [right]) => (left < right ? -1 : 1));
  const tagged = sorted.map(([digest, own]) => ({
    digest,
    tags: own.toSorted(),
    isLatest: latest !== undefined && own.includes(latest),
  }));
  return { tagged, gaps, warnings };
}

/** Registries may list the tags of manifests that were deleted. */
function dangling(repository: Repository, tag: string): Warning {
  return { code: "tag-dangling", message: `${tagLocation(repository, tag)}: the tag is listed and leads to nothing` };
}

function chosen(tagged: readonly Tagged[]): Selection {
  return { tagged, gaps: [], warnings: [] };
}

function stopped(target: string, reason: OciReason): Selection {
  return { ...chosen([]), gaps: [gapOf(target, reason)] };
}

function nothingIn(where: string, range: string | undefined): OciReason {
  if (range === undefined) {
    return {
      code: "nothing-published",
      message: `${where}: no image was ever tagged`,
      hint: "Leave it out of what is counted.",
    };
  }
  const message = `${where}: no tag and no version in "${range.slice(0, 200)}"`;
  return { code: "no-such-object", message, hint: "Check the tag, digest or range of versions." };
}
