import { arrayAt, isObject, objectAt, repositoryUriOf, stringAt, type DigestSet } from "@colophon/core";

/** One version of a chart, as far as it is used here. */
export interface ChartEntry {
  readonly version: string;
  /** As they are written: relative ones too. */
  readonly urls: readonly string[];
  readonly digest: DigestSet;
  /** What stands in the place of the digest and is none. */
  readonly noDigest?: string;
  /** RFC 3339, or null where it is not told. */
  readonly publishedAt: string | null;
  readonly deprecated: boolean;
  /** URI of the one source repository that it names, or null. */
  readonly repository: string | null;
}

const MAX_TEXT = 2048;
const MAX_URLS = 20;
/** What Helm takes for a version (Masterminds/semver), and a tag or purl can hold. */
const VERSION = /^v?\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** Projects an item of a chart's list; a sentence where it is none that can be installed. */
export function projectEntry(item: unknown): ChartEntry | string {
  if (!isObject(item)) return "a version of it is no object";
  const version = stringAt(item, "version") ?? "";
  const shown = JSON.stringify(version.slice(0, 80));
  if (version === "") return "a version of it has no number, or one that is no text";
  if (version.length > 256 || !VERSION.test(version)) return `${shown} is no version that Helm could install`;
  const urls = textsAt(item, "urls");
  if (urls.length === 0) return `${shown} has no URL that it could be downloaded from`;
  if (urls.length > MAX_URLS) return `${shown} has ${urls.length} URLs, more than ${MAX_URLS}`;
  const told = stringAt(item, "digest") ?? "";
  const digest = readDigest(told);
  return {
    version,
    urls,
    digest: digest ?? {},
    ...(digest === undefined && told !== "" && { noDigest: told.slice(0, 80) }),
    publishedAt: readTime(stringAt(item, "created") ?? ""),
    deprecated: item["deprecated"] === true || /^true$/i.test(stringAt(item, "deprecated") ?? ""),
    repository: readRepository(item),
  };
}

/** Bare hexadecimal of a SHA-256, as Helm writes it, or with `sha256:` before it; in either case. */
function readDigest(text: string): DigestSet | undefined {
  const hex = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text.trim())?.[1];
  return hex === undefined ? undefined : { sha256: hex.toLowerCase() };
}

/** Go's zero time stands for none. */
function readTime(text: string): string | null {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  return isTime && !text.startsWith("0001-") && !Number.isNaN(Date.parse(text)) ? text : null;
}

/**
 * The annotation that OCI has for it, else what `home` and `sources` agree on. Charts name there what they install, and
 * where its documentation is, as often as where they are made: two repositories are none, rather than the wrong one.
 */
function readRepository(item: object): string | null {
  const annotation = stringAt(objectAt(item, "annotations"), "org.opencontainers.image.source");
  const texts = annotation === undefined ? [...textsAt(item, "home"), ...textsAt(item, "sources")] : [annotation];
  const [only, ...more] = new Set(texts.filter(isRepository).flatMap((text) => repositoryUriOf(text) ?? []));
  return only === undefined || more.length > 0 ? null : only;
}

function isRepository(text: string): boolean {
  return /^(?:git\+)?https?:\/\/(?:(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)\/|.*\.git$)/i.test(
    text,
  );
}

function textsAt(item: object, key: string): readonly string[] {
  const one = stringAt(item, key);
  const all = arrayAt(item, key) ?? (one === undefined ? [] : [one]);
  return all.filter((text): text is string => typeof text === "string" && text !== "" && text.length <= MAX_TEXT);
}
