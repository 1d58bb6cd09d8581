import semver from "semver";
import type { Packument } from "../packument/packument.ts";

/** Which versions a range means, or why it means none. */
export type Selection =
  | { readonly matches: (version: string) => boolean }
  | { readonly matches: null; readonly tag: string; readonly version: string | null };

/**
 * Reads what stands behind a package's `@`, in npm's order (npm-package-arg): an exact version, a semver range, a
 * dist-tag. Prereleases under a range count: they are published objects.
 */
export function selectVersions(range: string | undefined, { versions, malformed, distTags }: Packument): Selection {
  if (range === undefined) return { matches: () => true };
  const exact = versions.has(range) ? range : semver.valid(range, { loose: true });
  if (exact !== null) return { matches: (version) => version === exact };
  const valid = semver.validRange(range, { loose: true });
  if (valid !== null) {
    return { matches: (version) => semver.satisfies(version, valid, { includePrerelease: true, loose: true }) };
  }
  const tagged = distTags.get(range);
  const known = tagged !== undefined && (versions.has(tagged) || malformed.has(tagged));
  if (!known) return { matches: null, tag: range, version: tagged ?? null };
  return { matches: (version) => version === tagged };
}

/** At most three versions that stand closest to what was asked for, in their order. */
export function nearbyVersions(range: string, versions: Iterable<string>): readonly string[] {
  const sorted = [...versions].filter((version) => semver.valid(version, { loose: true }) !== null);
  sorted.sort((left, right) => semver.compare(left, right, { loose: true }));
  const wanted = semver.parse(range, { loose: true }) ?? lowestOf(range);
  const index = wanted === null ? -1 : sorted.findIndex((version) => semver.compare(version, wanted, true) >= 0);
  const at = index === -1 ? sorted.length : index;
  const start = Math.max(0, Math.min(at - 1, sorted.length - 3));
  return sorted.slice(start, start + 3);
}

/** Whether a key of `time` is a version at all. */
export function isVersion(text: string): boolean {
  return semver.valid(text, { loose: true }) !== null;
}

function lowestOf(range: string): semver.SemVer | null {
  return semver.validRange(range, { loose: true }) === null ? null : semver.minVersion(range, { loose: true });
}
