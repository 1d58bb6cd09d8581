import { arrayAt, isObject, stringAt, type JsonObject } from "@colophon/core";
import { OciError } from "../error.ts";
import { parseJson } from "../json.ts";
import { KINDS } from "../manifest.ts";
import { valueOf } from "../reason.ts";
import { formatRepository, type Repository } from "../reference.ts";
import type { FetchedManifest } from "../registry/fetch-manifest.ts";
import { fallbackTag } from "../registry/lists.ts";
import type { Registry } from "../registry/registry.ts";
import { openManifests, unlessGone } from "../store/open-manifests.ts";
import { ownTag, ownTagsOf } from "../store/tag-names.ts";
import { toListEntry, type ListEntry } from "./attachment.ts";

const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const MOST_BYTES = 4 * 1024 * 1024;
/** Each time another writer was faster; all of them write what they find of all others. */
const MOST_ATTEMPTS = 50;

/** Refuses a tag that is no list of referrers: writing one would take an image away. Throws FALLBACK_TAG_OCCUPIED. */
export async function checkFallbackTag(registry: Registry, repository: Repository, digest: string): Promise<void> {
  const tag = fallbackTag(digest);
  const there = await unlessGone(registry.manifest(repository, tag));
  if (there === undefined) return;
  if (there.manifest.kind === "index" && there.digest !== digest) {
    const children = there.manifest.manifests.filter(({ mediaType }) => Object.hasOwn(KINDS, mediaType));
    const names = children.map((child) => child.digest);
    const open = (name: string): ReturnType<typeof unlessGone> => unlessGone(registry.manifest(repository, name));
    let isAnyThere = false;
    for await (const { manifest } of openManifests(names, digest, open)) {
      if (manifest.subject?.digest === digest) return;
      isAnyThere = true;
    }
    if (!isAnyThere) return;
  }
  const where = `${formatRepository(repository)}:${tag}`;
  throw new OciError("FALLBACK_TAG_OCCUPIED", `${where} is an image, and no list of what refers to ${digest}`, {
    hint: "Push to a registry that has the referrers API, or move what that tag is the name of.",
  });
}

/**
 * Sees to it that the list of what refers to a manifest has all of: what it has, the given entry, and what our own tags
 * name. Writers may overwrite each other, and no registry keeps them from it: each reads back after it has written, with
 * the tags as they are then, so that the last one of all leaves nothing out. False where others never stopped writing.
 * Throws OciError.
 */
export async function mendList(
  registry: Registry,
  repository: Repository,
  subject: string,
  own: ListEntry,
): Promise<boolean> {
  const known = new Map<string, ListEntry | undefined>([[ownTag(subject, own.digest), own]]);
  // Others keep no tags: what they have listed once, and somebody overwrote since, only this writer still knows.
  const seen = new Map<string, unknown>();
  const read = async (): Promise<{ index: JsonObject; listed: ReadonlySet<string> }> => {
    const { index, entries } = readEntries(await unlessGone(registry.manifest(repository, fallbackTag(subject))));
    const named = entries.map((entry) => [stringAt(entry, "digest") ?? "", entry] as const);
    for (const [digest, entry] of named) seen.set(digest, entry);
    return { index, listed: new Set(named.map(([digest]) => digest)) };
  };
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    // The tags after the list: who is missing there has been overwritten, or will look again.
    const { listed } = await read();
    const others = await readOwnTags(registry, repository, subject, listed, known);
    for (const entry of [own, ...others]) seen.set(entry.digest, seen.get(entry.digest) ?? entry);
    if ([...seen.keys()].every((digest) => listed.has(digest))) return true;
    // Once more, since the tags may have taken long.
    const { index } = await read();
    const bytes = Buffer.from(JSON.stringify({ ...index, manifests: [...seen.values()] }));
    if (bytes.byteLength > MOST_BYTES) throw tooLarge(subject);
    const mediaType = stringAt(index, "mediaType") ?? INDEX_TYPE;
    valueOf(await registry.put(repository, fallbackTag(subject), { bytes, mediaType }));
  }
  return false;
}

/** The list as it is written, with what of it is not read here. */
function readEntries(list: FetchedManifest | undefined): { index: JsonObject; entries: readonly unknown[] } {
  const index = list === undefined ? undefined : parseJson(list.bytes, "the list of referrers");
  if (!isObject(index)) return { index: { schemaVersion: 2, mediaType: INDEX_TYPE }, entries: [] };
  return { index, entries: arrayAt(index, "manifests") ?? [] };
}

/** What our own tags name of the subject, but for what is listed already. A tag that cannot be listed helps nobody. */
async function readOwnTags(
  registry: Registry,
  repository: Repository,
  subject: string,
  listed: ReadonlySet<string>,
  known: Map<string, ListEntry | undefined>,
): Promise<readonly ListEntry[]> {
  const tags = await registry.tags(repository);
  const own = ownTagsOf(tags.ok ? tags.value.items : [], subject);
  const starts = new Set([...listed].map((digest) => digest.split(":")[1]?.slice(0, 32)));
  const wanted = own.filter((tag) => !starts.has(tag.slice(-32)));
  for (const tag of wanted) {
    if (known.has(tag)) continue;
    const found = await unlessGone(registry.manifest(repository, tag));
    known.set(tag, found?.manifest.subject?.digest === subject ? toListEntry(found) : undefined);
  }
  return wanted.flatMap((tag) => known.get(tag) ?? []);
}

function tooLarge(subject: string): OciError {
  return new OciError("TOO_LARGE", `the list of what refers to ${subject} would have more than ${MOST_BYTES} bytes`);
}
