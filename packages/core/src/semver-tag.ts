/** Whether a ref is the tag of a full release version, as trusted builders must be referenced (`refs/tags/v1.2.3`). */
export function isFullSemverTag(ref: string): boolean {
  return /^refs\/tags\/v\d+\.\d+\.\d+$/.test(ref);
}

/** A version that may leave out its last parts; build metadata is of no account (semver 2.0.0, 10). */
const VERSION = /^v?(\d+)(?:\.(\d+)(?:\.(\d+)(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)?)?$/;

/**
 * Whether a ref is a tag under the given one: `v13.0` holds for `refs/tags/v13.0.30`, `v13` for every 13. Parts that
 * the ref leaves out are zero; a prerelease counts once the given tag names all three parts. Tags that are no
 * versions must be equal.
 */
export function isUnderVersionedTag(ref: string, tag: string): boolean {
  const wanted = VERSION.exec(tag);
  const found = ref.startsWith("refs/tags/") ? VERSION.exec(ref.slice("refs/tags/".length)) : null;
  if (wanted === null || found === null) return ref === `refs/tags/${tag}`;
  const [, major, minor, patch, prerelease] = wanted;
  const [, foundMajor, foundMinor = "0", foundPatch = "0", foundPrerelease] = found;
  if (major !== foundMajor || (minor !== undefined && minor !== foundMinor)) return false;
  return patch === undefined || (patch === foundPatch && prerelease === foundPrerelease);
}
