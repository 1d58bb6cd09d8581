import semver from "semver";
import type { Predecessor } from "@colophon/core";
import type { Packument } from "../packument/packument.ts";
import { rankOf } from "./rank.ts";

/** The highest version below the asked one; a prerelease counts for prereleases alone. `what` names package and registry. */
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
  return { status: "found", version: below, rank: rankOf(published) };
}

function unreadable(message: string): Predecessor {
  return { status: "unknown", reason: { code: "version-unreadable", message } };
}
