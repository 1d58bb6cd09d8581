import { hasStrongDigest, type DigestSet } from "@colophon/core";
import type { Artifact } from "./artifact.ts";

/**
 * The digest that `artifacts.json` tells: `extra.Digest` of an image, else `extra.Checksum`. Empty where none is told,
 * or one that is weaker than SHA-256 or not whole. It is the tool's word alone: files are hashed, registries asked. What
 * GoReleaser records of an image of one platform may even be the digest of the image's configuration.
 */
export function artifactDigest({ extra }: Artifact): DigestSet {
  return parseTold(extra?.Digest ?? extra?.Checksum ?? "");
}

/** `<algorithm>:<hex>`; empty where it is anything else. */
export function parseTold(told: string): DigestSet {
  const [, algorithm, hex] = /^([a-z0-9-]+):([0-9A-Fa-f]+)$/.exec(told) ?? [];
  if (algorithm === undefined || hex === undefined) return {};
  const digest = { [algorithm]: hex.toLowerCase() };
  return hasStrongDigest(digest) ? digest : {};
}
