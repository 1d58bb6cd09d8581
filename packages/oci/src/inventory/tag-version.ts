import semver from "semver";

/** The version in a tag, if it is one of three parts. Helm writes `_` for the `+` that tags cannot hold. */
export function versionIn(tag: string): string | undefined {
  const version = tag.replaceAll("_", "+");
  return semver.valid(version) === null ? undefined : version;
}

/** The same as Helm reads it: without a `v` before it. */
export function chartVersionIn(tag: string): string | undefined {
  return /^\d/.test(tag) ? versionIn(tag) : undefined;
}

/** The tag of the highest version, or of the highest that is no prerelease; undefined where none is one. */
export function highestTag(tags: readonly string[], which: "any" | "stable"): string | undefined {
  return tags
    .filter((tag) => {
      const version = versionIn(tag);
      return version !== undefined && (which === "any" || semver.prerelease(version) === null);
    })
    .toSorted((left, right) => semver.compareBuild(versionIn(right) ?? "", versionIn(left) ?? ""))[0];
}

/** Whether the text is a range of versions. */
export function isRange(text: string): boolean {
  return semver.validRange(text) !== null;
}

/** Whether the version in a tag is in the range, prereleases included: they are published too. */
export function isInRange(tag: string, range: string): boolean {
  const version = versionIn(tag);
  return version !== undefined && semver.satisfies(version, range, { includePrerelease: true });
}
