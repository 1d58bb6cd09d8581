import { OciError } from "../error.ts";
import { valueOf, type Answered } from "../reason.ts";
import type { FetchedManifest } from "../registry/fetch-manifest.ts";

const MOST_MANIFESTS = 2000;
/** All together; what is about an image has some kilobytes. */
const MOST_BYTES = 32 * 1024 * 1024;
/** At once: each may have 4 MB. */
const AT_ONCE = 4;

/**
 * Opens what is listed as about a manifest, each once and a few at once, so that none is held for longer than it is
 * looked at, and none asked for behind one that cannot be had, or once enough was seen. Throws OciError, TOO_LARGE where
 * there are more than 2,000 or all together have more than 32 MB.
 */
export async function* openManifests(
  names: readonly string[],
  about: string,
  open: (name: string) => Promise<FetchedManifest | undefined>,
): AsyncIterable<FetchedManifest> {
  const distinct = [...new Set(names)];
  refuseTooMany(distinct.length, about);
  let bytes = 0;
  for (let start = 0; start < distinct.length; start += AT_ONCE) {
    const opened = await Promise.all(distinct.slice(start, start + AT_ONCE).map(open));
    for (const fetched of opened.filter((one) => one !== undefined)) {
      bytes += fetched.size;
      if (bytes > MOST_BYTES) throw tooLarge(about, `have more than ${MOST_BYTES} bytes`);
      yield fetched;
    }
  }
}

/** Throws TOO_LARGE. */
export function refuseTooMany(count: number, about: string): void {
  if (count > MOST_MANIFESTS) throw tooLarge(about, `are ${count}, more than ${MOST_MANIFESTS}`);
}

function tooLarge(about: string, what: string): OciError {
  return new OciError("TOO_LARGE", `${about}: the manifests that are listed as about it ${what}`);
}

/** What was deleted may be listed still. */
export async function unlessGone(asked: Promise<Answered<FetchedManifest>>): Promise<FetchedManifest | undefined> {
  const answer = await asked;
  return !answer.ok && answer.reason.code === "no-such-object" ? undefined : valueOf(answer);
}
