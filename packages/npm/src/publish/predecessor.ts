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
  | { readonly status: "none" }
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
  if (below === undefined) return { status: "none" };
  const published = packument.versions.get(below);
  if (published === undefined) return unreadable(`${what}: ${below}: ${packument.malformed.get(below)}`);
  const rank = rankOf(published);
  let strongest: RankedVersion = { version: below, rank };
  for (const other of listed) {
    const entry = packument.publishedAt.has(other) ? packument.versions.get(other) : undefined;
    if (entry === undefined) continue;
    const candidate = rankOf(entry);
    if (compareRanks(candidate, strongest.rank) > 0) strongest = { version: other, rank: candidate };
  }
  return { status: "found", version: below, rank, strongest };
}

function unreadable(message: string): Predecessor {
  return { status: "unknown", reason: { code: "version-unreadable", message } };
}
