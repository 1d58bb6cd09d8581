import { plainText } from "./plain-text.ts";

/**
 * An object's id for people: `@scope/name@version`, `registry/name@digest` with the digest cut, a chart's
 * `URL/name@version`, anything else as it is.
 */
export function showId(id: string): string {
  const npm = /^pkg:npm\/(.+)$/.exec(id)?.[1];
  if (npm !== undefined) return plainText(npm.split("@").map(decodeURIComponent).join("@"), 160);
  const [, chart = "", url] = /^pkg:helm\/([^?]+)\?repository_url=([^&#]+)$/.exec(id) ?? [];
  if (url !== undefined) return plainText(`${decodeURIComponent(url)}/${decodeURIComponent(chart)}`, 160);
  const [, digest = "", repository] =
    /^pkg:oci\/[^@]+@(sha\d+:[0-9a-f]{12})[0-9a-f]*\?repository_url=([^&#]+)$/.exec(id) ?? [];
  return plainText(repository === undefined ? id : `${decodeURIComponent(repository)}@${digest}`, 160);
}

/** The tags under which an image is published, such as `1.4.0, latest`; undefined for what has none. */
export function showTags(locations: readonly string[]): string | undefined {
  const tags = locations.flatMap((location) => /^oci:\/\/[^@#]*\/[^@#/:]+:([^@#/:]+)$/.exec(location)?.[1] ?? []);
  return tags.length === 0 ? undefined : plainText(tags.join(", "), 60);
}
