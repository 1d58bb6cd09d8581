import { setTimeout as wait } from "node:timers/promises";
import semver from "semver";
import type { DigestSet, Predecessor } from "@colophon/core";
import type { Http } from "@colophon/http";
import type { NpmConfig } from "../config/read-config.ts";
import { packagePath } from "../package-path.ts";
import type { Packument } from "../packument/packument.ts";
import { readPackument, type PackumentAnswer } from "../packument/read-packument.ts";
import type { NpmReason } from "../reason.ts";
import { FRESH } from "./fresh.ts";
import { findPredecessor } from "./predecessor.ts";
import { readBack, type ReadBack, type ReadBackRequest } from "./read-back.ts";

export interface NpmPublicationOptions {
  readonly http: Http;
  readonly config: NpmConfig;
  /** For tests. Waits between the look-ups of `readBack`. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

export type VersionState =
  /** Nothing of that name and number is there, or was; the whole package may be new. */
  | { readonly state: "free" }
  /** Also where it was withdrawn: no number is used twice. `digest`: as the packument has it, no bytes were read. */
  | { readonly state: "taken"; readonly digest?: DigestSet; readonly tarballUrl?: string }
  | { readonly state: "unknown"; readonly reason: NpmReason };

/** What publishing asks a registry, always anew. Nothing is thrown for what a registry answers. */
export interface NpmPublication {
  versionState(name: string, version: string): Promise<VersionState>;
  predecessor(name: string, version: string): Promise<Predecessor>;
  /**
   * Waits for the version, hashes the bytes that are served and compares them. Throws DIGEST_UNUSABLE where `expected`
   * has neither sha256 nor sha512.
   */
  readBack(request: ReadBackRequest): Promise<ReadBack>;
}

export function createNpmPublication(options: NpmPublicationOptions): NpmPublication {
  const { http, config, sleep = (milliseconds: number) => wait(milliseconds) } = options;
  const look = (name: string): Promise<PackumentAnswer> => readPackument(http, config.registryFor(name), name, FRESH);
  return {
    async versionState(name, version) {
      const answer = await look(name);
      if (answer.ok) return stateOf(answer.packument, version);
      return isAbsent(name, answer.reason) ? { state: "free" } : { state: "unknown", reason: answer.reason };
    },
    async predecessor(name, version) {
      const answer = await look(name);
      if (answer.ok) return findPredecessor(answer.packument, version, `${name} on ${config.registryFor(name).url}`);
      return isAbsent(name, answer.reason) ? { status: "none" } : { status: "unknown", reason: answer.reason };
    },
    readBack: (request) => readBack({ ...request, version: listed(request.version) }, { http, config, sleep, look }),
  };
}

/** What is no package's name was never asked for. */
function isAbsent(name: string, { code }: NpmReason): boolean {
  return code === "not-found" && packagePath(name) !== undefined;
}

/** npm leaves build metadata out (semver.org §10) on publishing. */
function listed(version: string): string {
  return semver.parse(version)?.version ?? version;
}

function stateOf(packument: Packument, written: string): VersionState {
  const { versions, malformed, publishedAt, unpublished } = packument;
  const version = listed(written);
  const published = versions.get(version);
  if (published !== undefined) {
    const { digest, tarball } = published;
    const told = Object.keys(digest).length > 0;
    return { state: "taken", ...(told && { digest }), ...(tarball !== undefined && { tarballUrl: tarball }) };
  }
  const used = malformed.has(version) || publishedAt.has(version) || unpublished?.versions.includes(version) === true;
  return { state: used ? "taken" : "free" };
}
