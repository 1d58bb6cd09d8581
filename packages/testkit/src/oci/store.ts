import { memberObject, memberString, type JsonObject, type JsonValue } from "../json.ts";
import { describeReferrer, toDigest, type OciContent, type OciDescriptor } from "./content.ts";

/** A manifest or index as it was pushed. */
export interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What a repository holds; blobs and manifests by their digests, tags with the digests that they name. */
export interface Repository {
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, string>;
}

/** The repositories of a registry by their names. */
export type Store = Map<string, Repository>;

/** The repository of that name, made where there was none. */
export function openRepository(store: Store, name: string): Repository {
  const known = store.get(name);
  if (known !== undefined) return known;
  const made: Repository = { blobs: new Map(), manifests: new Map(), tags: new Map() };
  store.set(name, made);
  return made;
}

/** Stores content unchecked, whatever it names. */
export function storeContent({ blobs, manifests, tags }: Repository, content: OciContent): void {
  for (const blob of content.blobs) blobs.set(toDigest(blob), blob);
  for (const { mediaType, bytes, tags: named } of content.manifests) {
    const digest = toDigest(bytes);
    manifests.set(digest, { mediaType, bytes });
    for (const tag of named) tags.set(tag, digest);
  }
}

/** The descriptor of a stored manifest, with artifact type and annotations as lists of referrers tell them. */
export function describeManifest(repository: Repository, digest: string): OciDescriptor {
  const stored = repository.manifests.get(digest);
  if (stored === undefined) throw new TypeError(`the repository has no manifest ${digest}`);
  return describeReferrer(digest, stored, readManifest(stored.bytes) ?? {});
}

/** Everything whose `subject` is that digest, whether or not a manifest has it, in the order of the digests. */
export function listReferrers(repository: Repository, subject: string): OciDescriptor[] {
  return [...repository.manifests]
    .filter(([, { bytes }]) => subjectOf(readManifest(bytes) ?? {}) === subject)
    .map(([digest]) => describeManifest(repository, digest))
    .toSorted((left, right) => (left.digest < right.digest ? -1 : 1));
}

/** The digest of a manifest's subject; empty where it has none. */
export function subjectOf(manifest: JsonObject): string {
  return memberString(memberObject(manifest, "subject"), "digest");
}

/** What a manifest names that has to be there before it: its config, layers and manifests. */
export function listParts(manifest: JsonObject): string[] {
  const lists = [[manifest["config"]], manifest["layers"], manifest["manifests"]];
  const parts = lists.flatMap((list) => (Array.isArray(list) ? list : []));
  return parts.map((part) => memberString(memberObject(part), "digest")).filter((digest) => digest !== "");
}

/** The manifest's JSON; undefined where it is none, or no object. */
export function readManifest(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString("utf8")) as JsonValue;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
