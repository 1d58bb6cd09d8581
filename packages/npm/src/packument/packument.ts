import {
  arrayAt,
  isObject,
  objectAt,
  repositoryUriOf,
  stringAt,
  type DigestSet,
  type JsonObject,
  digestsFromIntegrity,
} from "@colophon/core";

/** What is kept of a packument (npm registry API, "full metadata"). */
export interface Packument {
  readonly distTags: ReadonlyMap<string, string>;
  /** RFC 3339 by version; those of withdrawn versions too. */
  readonly publishedAt: ReadonlyMap<string, string>;
  /** Set where the whole package was unpublished. */
  readonly unpublished?: Unpublished;
  readonly versions: ReadonlyMap<string, PublishedVersion>;
  /** Keys of versions whose own entry is malformed, and why. */
  readonly malformed: ReadonlyMap<string, string>;
}

export interface Unpublished {
  /** RFC 3339, where the registry tells it. */
  readonly time?: string;
  readonly versions: readonly string[];
}

export interface PublishedVersion {
  readonly tarball?: string;
  /** From `dist.integrity`; `dist.shasum` is SHA-1 and proves nothing. */
  readonly digest: DigestSet;
  readonly attestations?: { readonly url?: string; readonly provenanceType?: string };
  /** Whether `dist.signatures` holds any. */
  readonly signed: boolean;
  /** Whether `_npmUser.approver` tells that a staged publish was approved. */
  readonly approved?: true;
  /** Whether `_npmUser.trustedPublisher` tells that a workflow published it, and no token. */
  readonly trustedPublisher?: true;
  readonly repository: string | null;
  readonly deprecated: string | null;
}

const MAX_TEXT = 2048;

/** Projects a version's entry; null where it is none. */
export function projectVersion(entry: unknown): PublishedVersion | null {
  const dist = objectAt(entry, "dist");
  if (!isObject(entry) || dist === undefined) return null;
  const tarball = shortString(dist, "tarball");
  // Whatever stands there advertises something; reading an unexpected form as none would call it missing.
  const told = dist["attestations"] ?? undefined;
  const attestations = isObject(told) ? told : told === undefined ? undefined : {};
  const deprecated = stringAt(entry, "deprecated");
  return {
    ...(tarball !== undefined && { tarball }),
    digest: digestsFromIntegrity(shortString(dist, "integrity") ?? ""),
    ...(attestations !== undefined && { attestations: projectAttestations(attestations) }),
    signed: (arrayAt(dist, "signatures")?.length ?? 0) > 0,
    ...projectPublisher(objectAt(entry, "_npmUser")),
    repository: repositoryUriOf(entry["repository"]),
    deprecated: deprecated === undefined || deprecated === "" ? null : deprecated.slice(0, MAX_TEXT).toWellFormed(),
  };
}

function projectAttestations(attestations: object): NonNullable<PublishedVersion["attestations"]> {
  const url = shortString(attestations, "url");
  const provenanceType = shortString(objectAt(attestations, "provenance"), "predicateType");
  return { ...(url !== undefined && { url }), ...(provenanceType !== undefined && { provenanceType }) };
}

function projectPublisher(user: JsonObject | undefined): Pick<PublishedVersion, "approved" | "trustedPublisher"> {
  return {
    ...(Boolean(user?.["approver"]) && { approved: true }),
    ...(Boolean(user?.["trustedPublisher"]) && { trustedPublisher: true }),
  };
}

/** Projects `dist-tags`: tag to version. */
export function projectDistTags(value: unknown): Map<string, string> {
  return new Map(stringsOf(value));
}

/** Projects `time`: publication times by version, and what tells of a package that was unpublished whole. */
export function projectTime(value: unknown): Pick<Packument, "publishedAt" | "unpublished"> {
  const times = stringsOf(value).filter(([key, time]) => !NO_VERSIONS.has(key) && isTime(time));
  const unpublished = objectAt(value, "unpublished");
  const publishedAt = new Map(times);
  if (unpublished === undefined) return { publishedAt };
  const time = stringAt(unpublished, "time");
  const versions = (arrayAt(unpublished, "versions") ?? []).filter((version) => typeof version === "string");
  return { publishedAt, unpublished: { ...(time !== undefined && isTime(time) && { time }), versions } };
}

const NO_VERSIONS = new Set(["created", "modified", "unpublished"]);

function isTime(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
  );
}

function stringsOf(value: unknown): [string, string][] {
  const entries = isObject(value) ? Object.entries(value) : [];
  return entries.filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === "string" && entry.every((text) => (text as string).length <= MAX_TEXT),
  );
}

function shortString(value: unknown, key: string): string | undefined {
  const text = stringAt(value, key);
  return text === undefined || text.length > MAX_TEXT ? undefined : text;
}
