import { compareDigests, hasStrongDigest, type DigestSet } from "@colophon/core";
import type { Http } from "@colophon/http";
import type { NpmConfig } from "../config/read-config.ts";
import { NpmError } from "../error.ts";
import { attestationsUrl } from "../inventory/attestations-url.ts";
import { carriesAttestations } from "../inventory/release-object.ts";
import type { Packument, PublishedVersion } from "../packument/packument.ts";
import type { PackumentAnswer } from "../packument/read-packument.ts";
import type { NpmReason, NpmReasonCode } from "../reason.ts";
import { fetchAttestations } from "../store/fetch-attestations.ts";
import { fetchTarballDigest } from "../tarball-digest.ts";
import { FRESH } from "./fresh.ts";

export interface ReadBackRequest {
  readonly name: string;
  readonly version: string;
  /** Of the tarball that was published. */
  readonly expected: DigestSet;
  /** Whether it was published with provenance, so that attestations are waited for. */
  readonly wantsProvenance: boolean;
  /** Milliseconds after which no look-up begins any more. The first one always does. */
  readonly patienceMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** `attestations` is `none` where none was wanted and none is advertised. */
export type ReadBack =
  | {
      readonly status: "served";
      readonly digest: DigestSet;
      readonly matches: true;
      readonly attestations: "served" | "none" | { readonly reason: NpmReason };
    }
  | { readonly status: "differs"; readonly digest: DigestSet }
  | { readonly status: "not-served"; readonly reason: NpmReason };

interface Context {
  readonly http: Http;
  readonly config: NpmConfig;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly look: (name: string) => Promise<PackumentAnswer>;
}

type Attestations = Extract<ReadBack, { status: "served" }>["attestations"];

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** No waiting mends these. */
const LASTING = new Set<NpmReasonCode>(["access-denied", "attestations-not-carried", "budget-spent", "offline"]);

/** Looks again, after pauses that double, until all is there that is waited for. */
export async function readBack(request: ReadBackRequest, context: Context): Promise<ReadBack> {
  const { expected, wantsProvenance, patienceMs, now } = request;
  checkExpected(expected);
  const until = now() + patienceMs;
  let digest: DigestSet | undefined;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const seen = await lookUp(request, context, digest);
    if ("digest" in seen) digest = seen.digest;
    if (digest !== undefined && !matches(digest, expected)) return { status: "differs", digest };
    const lack = lackOf(seen, wantsProvenance);
    const left = until - now();
    if (lack === undefined || LASTING.has(lack.code) || left <= 0) return resultOf(seen, digest);
    await context.sleep(Math.min(pause, left));
  }
}

type Seen = { readonly reason: NpmReason } | { readonly digest: DigestSet; readonly attestations: Attestations };

/** The bytes are read once: what matched does not have to be fetched again while attestations are waited for. */
async function lookUp(request: ReadBackRequest, context: Context, known: DigestSet | undefined): Promise<Seen> {
  const { name, version } = request;
  const answer = await context.look(name);
  if (!answer.ok) return { reason: answer.reason };
  const published = answer.packument.versions.get(version);
  if (published === undefined) return { reason: notListed(request, answer.packument, context) };
  const { tarball } = published;
  const reference = { name, version, npm: tarball === undefined ? {} : { tarballUrl: tarball } };
  const read = known === undefined ? await fetchTarballDigest(context, reference, FRESH) : { digest: known };
  if ("reason" in read) return read;
  // Of other bytes than those that were published nothing more needs to be known.
  if (!matches(read.digest, request.expected)) return { digest: read.digest, attestations: "none" };
  return { digest: read.digest, attestations: await attestationsOf(request, published, answer.packument, context) };
}

async function attestationsOf(
  { name, version, wantsProvenance }: ReadBackRequest,
  { attestations }: PublishedVersion,
  packument: Packument,
  { http, config, sleep }: Context,
): Promise<Attestations> {
  const registry = config.registryFor(name);
  const what = `${name}@${version} on ${registry.url}`;
  if (attestations === undefined) {
    if (!wantsProvenance) return "none";
    if (!carriesAttestations(packument)) {
      const message = `${what}: nothing shows that the registry carries attestations`;
      const hint = "Keep the attestation elsewhere too: as a release asset, or in the output folder.";
      return { reason: { code: "attestations-not-carried", message, hint } };
    }
    const message = `${what}: published with provenance, but the registry advertises no attestation of it`;
    const hint = "Look again later; if it stays so, it was published without provenance after all.";
    return { reason: { code: "attestation-not-served", message, hint } };
  }
  const { url: told, provenanceType } = attestations;
  const fetched = await fetchAttestations(
    { name, version },
    {
      attestationsUrl: attestationsUrl({ registryUrl: registry.url, packageName: name, version, told }),
      ...(provenanceType !== undefined && { provenanceType }),
    },
    { http, registry, sleep, headers: FRESH },
  );
  return "found" in fetched ? "served" : fetched;
}

function notListed({ name, version }: ReadBackRequest, packument: Packument, { config }: Context): NpmReason {
  const what = `${name}@${version} on ${config.registryFor(name).url}`;
  const malformed = packument.malformed.get(version);
  if (malformed !== undefined) return { code: "version-unreadable", message: `${what}: ${malformed}` };
  const hint = "Look again later. A staged version is listed once it is approved.";
  return { code: "not-found", message: `${what}: the registry does not list this version`, hint };
}

function lackOf(seen: Seen, wantsProvenance: boolean): NpmReason | undefined {
  if ("reason" in seen) return seen.reason;
  return !wantsProvenance || typeof seen.attestations === "string" ? undefined : seen.attestations.reason;
}

/** Bytes that were read stay read, whatever a later look-up says. */
function resultOf(seen: Seen, digest: DigestSet | undefined): ReadBack {
  if ("digest" in seen) return { status: "served", matches: true, ...seen };
  if (digest === undefined) return { status: "not-served", reason: seen.reason };
  return { status: "served", digest, matches: true, attestations: { reason: seen.reason } };
}

function matches(digest: DigestSet, expected: DigestSet): boolean {
  return compareDigests(digest, expected) === "match";
}

/** The bytes are hashed with these two. Throws DIGEST_UNUSABLE. */
function checkExpected(expected: DigestSet): void {
  if (["sha256", "sha512"].some((name) => hasStrongDigest({ [name]: expected[name] ?? "" }))) return;
  throw new NpmError("DIGEST_UNUSABLE", "the expected digest has neither a whole sha256 nor a whole sha512", {
    hint: "Hash the tarball that is published.",
  });
}
