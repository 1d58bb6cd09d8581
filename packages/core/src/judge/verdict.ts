import type { DigestSet } from "../digest.ts";
import type { Check, StoreName } from "../ports.ts";
import type { ObjectId, Warning } from "../release-object.ts";

/** The five statuses (design §3), and nothing between them. */
export const STATUSES = ["verified", "present", "mismatch", "missing", "unknown"] as const;
export type Status = (typeof STATUSES)[number];

/** Why an object is not verified: the first failing check, what was expected and found, what to do. */
export interface Failure {
  readonly check: Check;
  readonly code: string;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly hint?: string;
}

/** Where the object was built from, as the certificate tells it, else as proven provenance does. */
export interface Source {
  readonly repository?: string;
  readonly ref?: string;
  readonly commit?: string;
}

/** One proof and what came of it. */
export interface Evidence {
  readonly store: StoreName;
  readonly location: string;
  readonly predicateType: string | null;
  readonly signer: string | null;
  readonly issuer: string | null;
  /** Whether signer, issuer and predicate type are proven, or only what the attestation says of itself. */
  readonly authenticated: boolean;
  /** `verified`, or the first check that failed. */
  readonly verdict: "verified" | Check;
  readonly message?: string;
}

/** What came of one member of an image index. */
export interface JudgedMember {
  /** `os/architecture[/variant]`, or null where the index does not tell. */
  readonly platform: string | null;
  readonly id: ObjectId;
  readonly digest: DigestSet;
  readonly status: Status;
  readonly level: number | null;
  /** Absent where it is verified. */
  readonly reason?: Failure;
  readonly evidence: readonly Evidence[];
}

export interface Verdict {
  readonly object: ObjectId;
  readonly status: Status;
  /** What verifies an image index: proof of itself, or proof of each of its members. */
  readonly provenBy?: "index" | "platforms";
  /** Of an image index, in its order. */
  readonly members?: readonly JudgedMember[];
  /** SLSA Build level, 0 to 3; null where none can be told (not verified, or no provenance predicate). */
  readonly level: number | null;
  readonly source: Source | null;
  /** Id of the repository that the certificate tells, kept for what is held of later versions. */
  readonly sourceRepositoryId: string | null;
  readonly builder: string | null;
  readonly workflow: string | null;
  readonly predicateType: string | null;
  /** RFC 3339; absent where nothing that is trusted tells when it was signed. */
  readonly signedAt?: string;
  readonly expectation: "configured" | "pinned" | "held" | null;
  readonly failure?: Failure;
  readonly evidence: readonly Evidence[];
  readonly warnings: readonly Warning[];
}
