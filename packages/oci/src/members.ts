import type { Descriptor } from "./descriptor.ts";
import type { Manifest } from "./manifest.ts";
import { roleOf } from "./role.ts";

/** Each is looked up by itself; images have some twenty platforms. */
const MOST_MEMBERS = 256;
const MOST_NAME = 100;

/** What an index lists, or how much where that is too much to look up. */
export type Members = { readonly listed: readonly Descriptor[] } | { readonly tooMany: number };

/**
 * The entries of an index, with a platform or without, but BuildKit's attestations; none of what is no index. Only
 * the platform `unknown/unknown` keeps clients from running an entry, so the annotation alone makes none evidence.
 */
export function entriesIn(manifest: Manifest): readonly Descriptor[] {
  const listed = manifest.kind === "index" ? manifest.manifests : [];
  return listed.filter((child) => child.platform !== "unknown/unknown" || roleOf(child).as === "image");
}

/** The same, each digest once, and not the index itself; undefined for what is no index. */
export function membersIn(manifest: Manifest, own: string): Members | undefined {
  if (manifest.kind !== "index") return undefined;
  const byDigest = Map.groupBy(entriesIn(manifest), ({ digest }) => digest);
  byDigest.delete(own);
  if (byDigest.size > MOST_MEMBERS) return { tooMany: byDigest.size };
  const listed = [...byDigest.values()].flatMap((same) => {
    const told = same.find(({ platform }) => platform !== undefined) ?? same[0];
    if (told?.platform === undefined) return told ?? [];
    return { ...told, platform: told.platform.slice(0, MOST_NAME) };
  });
  return { listed };
}
