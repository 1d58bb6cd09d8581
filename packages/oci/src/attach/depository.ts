import type { Depository, NotDone, Proof, Reason } from "@colophon/core";
import { OciError } from "../error.ts";
import { registryLocation } from "../location.ts";
import { lookUntil, type Patience } from "../patience.ts";
import { reasonOf, type OciReason } from "../reason.ts";
import { formatRepository, type Repository } from "../reference.ts";
import type { Registry } from "../registry/registry.ts";
import { findIn, openSearch } from "../store/find-in.ts";
import { attach } from "./attach.ts";
import { checkFallbackTag } from "./fallback-list.ts";
import { readReferrers } from "./read-referrers.ts";

export interface OciDepositoryOptions {
  readonly registry: Registry;
  /** Where attestations are attached. */
  readonly repository: Repository;
  /** Where the image lies, if that is another repository. */
  readonly home?: Repository;
  /** Digest of the image, index or platform's image that attestations are attached to. */
  readonly subject: string;
  /** RFC 3339: when attestations are attached. */
  readonly now: () => string;
  readonly patience: Patience;
}

/** What can pass by itself: a later run completes. */
const PASSING: ReadonlySet<string> = new Set([
  "referrers-overwritten",
  "rate-limited",
  "registry-unavailable",
  "offline",
  "budget-spent",
]);

/** An image in a registry as a place for attestations. */
export function createOciDepository(options: OciDepositoryOptions): Depository {
  const { registry, repository, home = repository, subject, now, patience } = options;
  return {
    name: "oci",
    location: registryLocation(home, subject),
    async check() {
      const there = await registry.manifest(home, subject);
      if (!there.ok) return [notDone(there.reason)];
      const problem = await findProblem(options);
      return problem === undefined ? [] : [notDone(problem)];
    },
    async ready() {
      const prepared = await registry.prepare(repository);
      return prepared.ok ? undefined : notDone(prepared.reason);
    },
    async deposit(bundle) {
      const attached = await attach({ registry, repository, home, subject, bundle, created: now(), patience });
      if (!attached.ok) return notDone(attached.reason);
      const { location, listed } = attached.value;
      return listed === "own-tag" ? notDone(overwritten(location)) : { status: "deposited", location };
    },
    earlier: async () => (await search(options)).found,
    async readBack(bundle) {
      const look = async (): Promise<Proof | { readonly reason: Reason }> => {
        const { found, reason } = await search(options);
        const message = `${registryLocation(repository, subject)}: the attestation is not there any more`;
        const proof = found.find(({ digest }) => digest === bundle.digest);
        return proof ?? { reason: reason ?? { code: "deposit-gone", message } };
      };
      return await lookUntil(look, (seen) => !("reason" in seen) || seen.reason.code !== "deposit-gone", patience);
    },
  };
}

function notDone(reason: OciReason): NotDone {
  return { status: PASSING.has(reason.code) ? "unreachable" : "refused", reason };
}

function overwritten(location: string): OciReason {
  const message = `${location} is there, and others keep overwriting the list in which most readers look for it`;
  return { code: "referrers-overwritten", message, hint: "Run it again once they have ended: that mends the list." };
}

async function findProblem(options: OciDepositoryOptions): Promise<OciReason | undefined> {
  const { registry, repository, subject } = options;
  try {
    const referrers = await readReferrers(registry, repository, subject);
    if (referrers?.from === "tag") await checkFallbackTag(registry, repository, subject);
    return undefined;
  } catch (error) {
    if (error instanceof OciError) return reasonOf(error);
    throw error;
  }
}

/** By the same code that everyone reads with. `reason`: why that may not be all. */
async function search({
  registry,
  repository,
  home = repository,
  subject,
}: OciDepositoryOptions): Promise<{ readonly found: readonly Proof[]; readonly reason?: Reason }> {
  try {
    const searched = await openSearch(registry, repository);
    const isHome = formatRepository(repository) === formatRepository(home);
    const places = isHome ? [{ ...repository, digest: subject }] : [];
    const { found, unread } = await findIn(searched, places, [subject]);
    return { found, ...(unread !== undefined && { reason: reasonOf(unread) }) };
  } catch (error) {
    if (error instanceof OciError) return { found: [], reason: reasonOf(error) };
    throw error;
  }
}
