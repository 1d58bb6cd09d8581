import { compareDigests, type DigestSet } from "@colophon/core";
import { parseTold } from "./artifact-digest.ts";
import { GoreleaserError, quote } from "./error.ts";

/** The parts of an image's name; the digest is empty where the name has none. */
export interface ImageReference {
  /** Host, port and path as they are written: nothing is filled in. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest: DigestSet;
}

const MAX_LENGTH = 1024;
const HOST = String.raw`(?:\[[0-9A-Fa-f:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(?::[0-9]+)?`;
const SEGMENT = String.raw`[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*`;
const REFERENCE = new RegExp(
  String.raw`^((?:${HOST}/)?${SEGMENT}(?:/${SEGMENT})*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(.*))?$`,
);

/**
 * Reads `repository[:tag][@digest]` (distribution's reference grammar): a port is never taken for a tag.
 * Throws IMAGE_REFERENCE.
 */
export function parseImageReference(text: string): ImageReference {
  const [, repository, tag, written] = (text.length <= MAX_LENGTH && REFERENCE.exec(text)) || [];
  const digest = parseTold(written ?? "");
  if (repository === undefined || (written !== undefined && Object.keys(digest).length === 0)) {
    throw new GoreleaserError("IMAGE_REFERENCE", `${quote(text)} is not an image's reference`, {
      hint: "It is [host[:port]/]path[:tag][@sha256:hex], the path in lower case.",
    });
  }
  return { repository, ...(tag !== undefined && { tag }), digest };
}

/** The reference's digest and what else is told of it, which must not disagree. Throws IMAGE_REFERENCE. */
export function joinDigests(text: string, written: DigestSet, told: DigestSet): DigestSet {
  if (compareDigests(written, told) === "differ") {
    throw new GoreleaserError("IMAGE_REFERENCE", `${quote(text)} is told to have the digest ${quote(told)}`);
  }
  return { ...written, ...told };
}
