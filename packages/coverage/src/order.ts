import type { ReleaseObject } from "@colophon/core";
import semver from "semver";

/** Oldest first: by time of publication, then by version; what has no time comes last. */
export function oldestFirst(left: ReleaseObject, right: ReleaseObject): number {
  const [a, b] = [timeOf(left), timeOf(right)];
  return a === b ? compareVersions(left.version, right.version) : a - b;
}

/** Newest first, as a report lists them: by version. */
export function newestFirst(left: ReleaseObject, right: ReleaseObject): number {
  return left.name === right.name ? -compareVersions(left.version, right.version) : left.name < right.name ? -1 : 1;
}

function timeOf(object: ReleaseObject): number {
  const time = Date.parse(object.publishedAt ?? "");
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}

function compareVersions(left: string | null, right: string | null): number {
  const [a, b] = [left ?? "", right ?? ""];
  if (semver.valid(a) !== null && semver.valid(b) !== null) return semver.compareBuild(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The objects of each package's latest release: what its tag `latest` names or, where prereleases may be latest, the
 * highest version of all.
 */
export function latestOf(objects: readonly ReleaseObject[], prereleases: boolean): ReadonlySet<string> {
  if (!prereleases) return new Set(objects.filter(({ tags }) => tags.includes("latest")).map(({ id }) => id));
  const names = new Set(objects.map(({ name }) => name));
  const highest = [...names].map((name) => objects.filter((object) => object.name === name).toSorted(newestFirst)[0]);
  return new Set(highest.flatMap((object) => (object === undefined ? [] : [object.id])));
}

/** Of each package, everything from its first verified object on; a package without one has not adopted anything. */
export function sinceAdoption(
  objects: readonly ReleaseObject[],
  isVerified: (id: string) => boolean,
): ReadonlySet<string> {
  const since = new Set<string>();
  const adopted = new Set<string>();
  for (const object of objects.toSorted(oldestFirst)) {
    if (isVerified(object.id)) adopted.add(object.name);
    if (adopted.has(object.name)) since.add(object.id);
  }
  return since;
}
