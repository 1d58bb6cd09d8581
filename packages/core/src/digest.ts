import { CoreError } from "./error.ts";

/**
 * in-toto DigestSet: algorithm name to value.
 * Hexadecimal values are lower case once parsed; values of algorithms that are not hexadecimal are kept as they are.
 */
export type DigestSet = Readonly<Record<string, string>>;

/** Algorithms that identify content. sha1 and everything else never proves anything. */
export const STRONG_ALGORITHMS = ["sha256", "sha384", "sha512"] as const;
export type StrongAlgorithm = (typeof STRONG_ALGORITHMS)[number];

const HEX_LENGTH: Record<StrongAlgorithm, number> = { sha256: 64, sha384: 96, sha512: 128 };

export function isStrong(algorithm: string): algorithm is StrongAlgorithm {
  return Object.hasOwn(HEX_LENGTH, algorithm);
}

/** Reads a strong digest in hexadecimal, either case. Throws DIGEST_INVALID. */
export function parseHexDigest(algorithm: string, value: string): DigestSet {
  const hex = value.toLowerCase();
  if (!isStrong(algorithm) || !isWhole(algorithm, hex)) {
    throw new CoreError("DIGEST_INVALID", `"${algorithm}:${value.slice(0, 140)}" is not a digest`, {
      hint: `Give one of ${STRONG_ALGORITHMS.join(", ")} with all of its hexadecimal digits.`,
    });
  }
  return { [algorithm]: hex };
}

/**
 * Reads a Subresource Integrity value (`sha512-<base64> sha256-<base64>`), as `dist.integrity` of a packument has it.
 * Parts that are weak or not canonical are left out, and an algorithm with two values too: npm installs what has
 * either of them, so neither identifies the object. The result may be empty.
 */
export function digestsFromIntegrity(integrity: string): DigestSet {
  const found = new Map<StrongAlgorithm, Set<string>>();
  for (const part of integrity.trim().split(/\s+/)) {
    const match = /^(sha256|sha384|sha512)-([A-Za-z0-9+/]{43,86}={0,2})(?:\?.*)?$/.exec(part);
    const [, algorithm, base64] = match ?? [];
    if (algorithm === undefined || base64 === undefined || !isStrong(algorithm)) continue;
    const hex = hexFromBase64(base64);
    if (hex === undefined || hex.length !== HEX_LENGTH[algorithm]) continue;
    found.set(algorithm, (found.get(algorithm) ?? new Set()).add(hex));
  }
  const single = [...found].filter(([, values]) => values.size === 1);
  return Object.fromEntries(single.flatMap(([algorithm, values]) => [...values].map((hex) => [algorithm, hex])));
}

function hexFromBase64(base64: string): string | undefined {
  let binary: string;
  try {
    binary = atob(base64);
  } catch {
    return undefined;
  }
  if (btoa(binary) !== base64) return undefined;
  return Array.from(binary, (character) => character.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

/** How two digest sets relate, by their strong algorithms alone. */
export type DigestMatch = "match" | "match-with-disagreement" | "differ" | "nothing-in-common";

/**
 * Compares two digest sets. One strong algorithm in common that is equal is a match (in-toto DigestSet);
 * where a second one disagrees, that is told apart.
 */
export function compareDigests(left: DigestSet, right: DigestSet): DigestMatch {
  const shared = STRONG_ALGORITHMS.filter((name) => Object.hasOwn(left, name) && Object.hasOwn(right, name));
  if (shared.length === 0) return "nothing-in-common";
  const equal = shared.filter((name) => isEqual(name, left, right));
  if (equal.length === shared.length) return "match";
  return equal.length === 0 ? "differ" : "match-with-disagreement";
}

/** Whether at least one strong digest is told with all of its digits. */
export function hasStrongDigest(digests: DigestSet): boolean {
  return STRONG_ALGORITHMS.some((name) => Object.hasOwn(digests, name) && isWhole(name, digests[name] ?? ""));
}

/** Part of a digest identifies nothing, not even where both sides have the same part. */
function isEqual(name: StrongAlgorithm, left: DigestSet, right: DigestSet): boolean {
  const hex = left[name]?.toLowerCase() ?? "";
  return hex === right[name]?.toLowerCase() && isWhole(name, hex);
}

function isWhole(algorithm: StrongAlgorithm, value: string): boolean {
  return value.length === HEX_LENGTH[algorithm] && /^[0-9a-f]+$/i.test(value);
}
