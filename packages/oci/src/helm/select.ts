import semver from "semver";

/** Compares versions as Helm sorts them; the highest last. */
export function compareVersions(left: string, right: string): number {
  return semver.compareBuild(strict(left), strict(right));
}

/** The highest version that is no prerelease. */
export function latestVersion(versions: readonly string[]): string | undefined {
  return versions
    .filter((one) => semver.prerelease(strict(one)) === null)
    .toSorted(compareVersions)
    .at(-1);
}

/**
 * The versions that stand behind a chart's `@`: the one of that name, `latest`, or those in a range, prereleases
 * included. Undefined where it is neither.
 */
export function selectVersions(versions: readonly string[], range: string | undefined): readonly string[] | undefined {
  if (range === undefined) return versions;
  const named = versions.filter((one) => one === range || one === `v${range}` || `v${one}` === range);
  if (named.length > 0) return named;
  if (range === "latest") return [latestVersion(versions)].filter((one) => one !== undefined);
  // Ranges know no build: another one must not stand in for the one that is named.
  if (/^v?\d[^\s|]*\+/.test(range)) return [];
  if (semver.validRange(range) === null) return undefined;
  return versions.filter((one) => semver.satisfies(strict(one), range, { includePrerelease: true }));
}

/** Helm takes `1.4` for `1.4.0`, and `v1.4.0` too. */
function strict(version: string): string {
  const [, core = "", rest = ""] = /^v?([\d.]+)(.*)$/.exec(version) ?? [];
  const [major = "0", minor = "0", patch = "0"] = core.split(".").map((part) => part.replace(/^0+(?=\d)/, ""));
  const padded = `${major}.${minor}.${patch}${rest}`;
  return semver.valid(padded) === null ? "0.0.0" : padded;
}
