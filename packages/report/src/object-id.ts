import { plainText } from "./plain-text.ts";

/** An object's id for people: npm packages as `@scope/name@version`, anything else as it is. */
export function showId(id: string): string {
  const npm = /^pkg:npm\/(.+)$/.exec(id)?.[1];
  return plainText(npm === undefined ? id : npm.split("@").map(decodeURIComponent).join("@"), 160);
}
