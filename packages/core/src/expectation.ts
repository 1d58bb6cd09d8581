import type { Check } from "./ports.ts";
import type { ReleaseObject } from "./release-object.ts";
import type { TextMatch } from "./text-match.ts";

/** What an object's provenance must show. Absent parts are not compared. */
export interface Expectation {
  /** Where the expected repository comes from, strongest first; null where nothing says what to expect. */
  readonly basis: "configured" | "pinned" | "held" | null;
  readonly sourceRepository?: string;
  /** `exact`: given by the user; `derived`: read from the object's own metadata. */
  readonly compareRepository: "exact" | "derived";
  /** Earlier names of the repository, each with the day (RFC 3339 date) up to which it may sign. */
  readonly formerly: readonly { readonly sourceRepository: string; readonly until: string }[];
  readonly sourceRef?: TextMatch;
  /** A tag under which the ref must lie, such as `v13.0` for `v13.0.30`. */
  readonly sourceVersionedTag?: string;
  /** Commit id in hexadecimal. */
  readonly sourceDigest?: string;
  /** Path in the source repository, or full URI with or without `@ref`. */
  readonly signerWorkflow?: string;
  readonly builderId?: string;
  readonly runnerEnvironment?: string;
  readonly issuer?: string;
  readonly identity?: TextMatch;
  /** Nothing but a key that the user configured may have signed. */
  readonly configuredKey?: true;
  readonly leastLevel?: number;
  /** Predicate types accepted instead of SLSA provenance. */
  readonly predicateTypes?: readonly string[];
  /** Of a verification summary: id of the verifier, URI of the resource, levels that it must hold. */
  readonly verifierId?: string;
  readonly resourceUri?: string;
  readonly verifiedLevels?: readonly string[];
  readonly packageName?: string;
  readonly packageVersion?: string;
}

export const NO_EXPECTATION: Expectation = { basis: null, compareRepository: "exact", formerly: [] };

/**
 * The expectation for one object: what the user configured, else what the object's own metadata declares.
 * Metadata that declares no repository yields no expectation of it.
 */
export function expectationFor(object: ReleaseObject, configured: Expectation): Expectation {
  if (configured.sourceRepository !== undefined || object.declaredRepository === null) return configured;
  return { ...configured, basis: "held", sourceRepository: object.declaredRepository, compareRepository: "derived" };
}

/** One way in which a proof fails an object. */
export interface Fault {
  readonly check: Check;
  /**
   * `broken` and `contradicts` accuse; `lesser` proves less than build provenance as expected; `elsewhere` is about
   * another object; `unavailable` could not be decided.
   */
  readonly kind: "broken" | "contradicts" | "lesser" | "elsewhere" | "unavailable";
  readonly code: string;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly hint?: string;
}
