import semver from "semver";
import type { Packument } from "../packument/packument.ts";
import type { NpmReason } from "../reason.ts";
import { compareRanks, rankOf, type TrustRank } from "./rank.ts";

export interface RankedVersion {
  readonly version: string;
  readonly rank: TrustRank;
}

/**
 * `found` has the highest version below the asked one: what a release of that line is held against, and the one to
 * refuse a weaker rank for. `strongest` is pnpm's own second look, by publication and not by number: the strongest of
 * all versions published so far. Where it is above the predecessor, pnpm's `trustPolicy: no-downgrade` refuses to
 * install the new version although the line is kept; that is worth a warning.
 */
export type Predecessor =
  | ({ readonly status: "found"; readonly strongest: RankedVersion } & RankedVersion)
  /** `strongest`: where other lines have one above "none". */
  | { readonly status: "none"; readonly strongest?: RankedVersion }
  | { readonly status: "unknown"; readonly reason: NpmReason };

/** A prerelease counts for prereleases alone. `what` names package and registry. */
export function findPredecessor(packument: Packument, version: string, what: string): Predecessor {
  const asked = semver.parse(version);
  if (asked === null) return unreadable(`${what}: ${JSON.stringify(version.slice(0, 256))} is no version`);
  const counts = (other: string): boolean => {
    const parsed = semver.parse(other);
    if (parsed === null || semver.eq(parsed, asked)) return false;
    return asked.prerelease.length > 0 || parsed.prerelease.length === 0;
  };
  const listed = [...packument.versions.keys(), ...packument.malformed.keys()].filter(counts);
  const [below] = listed.filter((other) => semver.lt(other, asked)).toSorted(semver.rcompare);
  const strongest = strongestOf(packument, listed);
  if (below === undefined) return { status: "none", ...(strongest && { strongest }) };
  const published = packument.versions.get(below);
  if (published === undefined) return unreadable(`${what}: ${below}: ${packument.malformed.get(below)}`);
  const own = { version: below, rank: rankOf(published) };
  const stronger = strongest !== undefined && compareRanks(strongest.rank, own.rank) > 0;
  return { status: "found", ...own, strongest: stronger ? strongest : own };
}

/** Of those that have any rank and a time. */
function strongestOf({ versions, publishedAt }: Packument, listed: readonly string[]): RankedVersion | undefined {
  let strongest: RankedVersion = { version: "", rank: "none" };
  for (const version of listed) {
    const published = publishedAt.has(version) ? versions.get(version) : undefined;
    if (published === undefined) continue;
    const rank = rankOf(published);
    if (compareRanks(rank, strongest.rank) > 0) strongest = { version, rank };
  }
  return strongest.rank === "none" ? undefined : strongest;
}

function unreadable(message: string): Predecessor {
  return { status: "unknown", reason: { code: "version-unreadable", message } };
}
