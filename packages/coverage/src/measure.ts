import {
  type BuilderTable,
  type Channel,
  type CoverageResult,
  type CoveredObject,
  type DigestSet,
  type Expectation,
  type Gap,
  type Inventory,
  type Reason,
  type ReleaseObject,
  type RequestCounts,
  type Store,
  type Target,
  type Verdict,
  type Verifier,
  type Warning,
  hasStrongDigest,
} from "@colophon/core";
import { exemptionOf, isExpired, type Exemption, type Exemptions } from "./exemption.ts";
import { gather } from "./gather.ts";
import { judgeAll } from "./judge-all.ts";
import { list } from "./list.ts";
import { latestOf, newestFirst, sinceAdoption } from "./order.ts";
import { summarize, type Judged } from "./summarize.ts";
import { toCoveredObject } from "./covered-object.ts";
import { withMembers } from "./with-members.ts";

export interface CoverageRequest extends Exemptions {
  readonly targets: readonly Target[];
  readonly expectation: Expectation;
  readonly builders: BuilderTable;
  /** Only these: the latest release, what was published since a time (RFC 3339), or since the first verified one. */
  readonly only?: { readonly latest: true } | { readonly since: string } | { readonly sinceAdoption: true };
  /** Whether a prerelease may be the latest release. */
  readonly prereleases: boolean;
  readonly toolVersion: string;
}

export interface HashedObject {
  readonly digest: DigestSet;
  readonly warnings?: readonly Warning[];
}

export interface CoveragePorts {
  readonly inventory: Inventory;
  readonly stores: readonly Store[];
  readonly verifier: Verifier;
  /** Hosts of the registries whose keys the trust root holds; asked only once a proof was found. */
  readonly keyedRegistries: () => Promise<readonly string[]>;
  /**
   * Downloads and hashes an object whose digest is not told, or told by something that no client holds it to; absent:
   * the one stays `unknown`, the other what it is said to be.
   */
  readonly hash?: (object: ReleaseObject) => Promise<HashedObject | { readonly reason: Reason }>;
  readonly now: () => Date;
  readonly requests: () => RequestCounts;
  readonly warnings: () => readonly Warning[];
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly listed: number;
  readonly answered: number;
}

/** The result, and what was asked for but is not there: a version that was never published, a withdrawn package. */
export interface Coverage {
  readonly result: CoverageResult;
  readonly nothing: readonly Reason[];
}

/** Inventory → gather → authenticate → judge → count. Failures are gaps and unknowns in the result, never thrown. */
export async function measureCoverage(request: CoverageRequest, ports: CoveragePorts): Promise<Coverage> {
  const listed = await list(request.targets, ports.inventory, (count) => {
    ports.onProgress?.({ listed: count, answered: 0 });
  });
  let objects = preselect(listed.objects, request);
  listed.gaps.push(...withoutLatest(listed.objects, objects, request));
  let unread: ReadonlyMap<string, Reason> = new Map();
  if (ports.hash !== undefined) ({ objects, unread } = await hashUntold(objects, ports.hash));
  const asked = withMembers(objects);
  let answered = 0;
  const gathered = await gather(asked, ports.stores, ports.verifier, () => {
    answered += 1;
    ports.onProgress?.({ listed: asked.length, answered });
  });
  const counted = new Set(objects.map(({ id }) => id));
  const history = [...listed.others, ...listed.objects].filter(({ id }) => !counted.has(id));
  const verdicts = await judgeAll(objects, history, gathered, request, ports);
  const now = ports.now();
  const exemptions = new Map(objects.map((object) => [object.id, exemptionOf(object, request, now)]));
  const judged = objects.toSorted(newestFirst).map((object): Judged => ({
    object,
    verdict: explainUnread(verdicts.get(object.id)!, unread.get(object.id)),
    exempt: exemptions.get(object.id) !== undefined,
  }));
  const kept = postselect(judged, request);
  const warnings = [
    ...ports.warnings(),
    ...listed.warnings,
    ...request.exemptions.filter((one) => isExpired(one, now)).map(expired),
  ];
  const covered = kept.map(({ object, verdict }): CoveredObject =>
    toCoveredObject(object, verdict, exemptions.get(object.id)),
  );
  const result: CoverageResult = {
    schemaVersion: "1",
    tool: { name: "colophon", version: request.toolVersion },
    complete: listed.gaps.length === 0,
    gaps: listed.gaps,
    stores: gathered.states,
    summary: summarize(kept, request.prereleases),
    objects: covered,
    withdrawn: listed.withdrawn,
    warnings,
    run: { generatedAt: now.toISOString(), requests: ports.requests() },
  };
  return { result, nothing: listed.nothing };
}

/** What can be left out before any store is asked. An object without a time is never left out by time. */
function preselect(
  objects: readonly ReleaseObject[],
  { only, prereleases }: CoverageRequest,
): readonly ReleaseObject[] {
  if (only === undefined || "sinceAdoption" in only) return objects;
  if ("latest" in only) {
    const latest = latestOf(objects, prereleases);
    return objects.filter(({ id }) => latest.has(id));
  }
  const since = Date.parse(only.since);
  return objects.filter(({ publishedAt }) => publishedAt === null || !(Date.parse(publishedAt) < since));
}

/** A package that is there but whose latest release nothing names: leaving it out would make a smaller denominator. */
function withoutLatest(
  listed: readonly ReleaseObject[],
  kept: readonly ReleaseObject[],
  request: CoverageRequest,
): Gap[] {
  if (request.only === undefined || !("latest" in request.only)) return [];
  const names = (objects: readonly ReleaseObject[]): Set<string> => new Set(objects.map(({ name }) => name));
  const [there, found] = [names(listed), names(kept)];
  // A whole repository of charts is one target, and each of its charts has a latest release.
  const isOf = (name: string, target: Target): boolean =>
    target.range === undefined &&
    (name === target.name || (target.channel === "helm" && name.startsWith(`${target.name.replace(/\/+$/, "")}/`)));
  return [...there].flatMap((name): Gap[] => {
    const channel = found.has(name) ? undefined : request.targets.find((target) => isOf(name, target))?.channel;
    return channel === undefined ? [] : [{ channel, target: name, reason: noLatest(name, channel) }];
  });
}

function noLatest(name: string, channel: Channel): Reason {
  const code = "no-latest-release";
  if (channel !== "npm") {
    const hint = "Ask for a version or for all of them, or let a prerelease be the latest with --prereleases.";
    return { code, message: `${name}: none of its versions is a stable one`, hint };
  }
  return {
    code,
    message: `${name}: its dist-tag "latest" names none of its versions`,
    hint: "Ask for a version or for all of them, or set the tag: npm dist-tag add <name>@<version> latest.",
  };
}

function postselect(judged: readonly Judged[], { only }: CoverageRequest): readonly Judged[] {
  if (only === undefined || !("sinceAdoption" in only)) return judged;
  const verified = new Set(
    judged.filter(({ verdict }) => verdict.status === "verified").map(({ object }) => object.id),
  );
  const since = sinceAdoption(
    judged.map(({ object }) => object),
    (id) => verified.has(id),
  );
  return judged.filter(({ object }) => since.has(object.id));
}

async function hashUntold(
  objects: readonly ReleaseObject[],
  hash: NonNullable<CoveragePorts["hash"]>,
): Promise<{ objects: ReleaseObject[]; unread: ReadonlyMap<string, Reason> }> {
  const hashed: ReleaseObject[] = [];
  const unread = new Map<string, Reason>();
  for (const object of objects) {
    // Helm itself does not hold an archive to what the index says of it.
    const isHeld = hasStrongDigest(object.digest) && object.helm === undefined;
    const read = isHeld ? undefined : await hash(object);
    if (read === undefined) hashed.push(object);
    else if ("reason" in read) {
      unread.set(object.id, read.reason);
      hashed.push({ ...object, digest: {} });
    } else {
      const warnings = [...(object.warnings ?? []), ...(read.warnings ?? [])];
      hashed.push({ ...object, digest: read.digest, digestFrom: "bytes", warnings });
    }
  }
  return { objects: hashed, unread };
}

/** Why the bytes could not be read says more than that their digest is not told. */
function explainUnread(verdict: Verdict, reason: Reason | undefined): Verdict {
  const untold = verdict.failure?.code === "digest-not-told" && reason !== undefined;
  return untold ? { ...verdict, failure: { check: "unavailable", ...reason } } : verdict;
}

function expired({ object, expires }: Exemption): Warning {
  return {
    code: "exemption-expired",
    message: `the exemption of ${object} expired on ${expires} and no longer counts`,
  };
}
