import type { Evidence, Failure, JudgedMember, Source, Status } from "./judge/verdict.ts";
import type { ObjectId, Warning } from "./release-object.ts";

/** The result of `colophon verify` for one object, schemaVersion 1 (design §6). */
export interface VerifyResult {
  readonly schemaVersion: "1";
  readonly object: ObjectId;
  readonly status: Status;
  /** Set for an image index that is verified. */
  readonly provenBy?: "index" | "platforms";
  /** SLSA Build level; null where the object is not verified, or its predicate has none. */
  readonly level: number | null;
  readonly source: Source | null;
  readonly builder: string | null;
  readonly workflow: string | null;
  readonly predicateType: string | null;
  /** RFC 3339; absent where no authority and no log vouches for a time. */
  readonly signedAt?: string;
  readonly expectation: "configured" | "pinned" | "held" | null;
  readonly evidence: readonly Evidence[];
  /** The first failing check; absent where the object is verified. */
  readonly failure?: Failure;
  /** What an image index lists. */
  readonly members?: readonly JudgedMember[];
  readonly warnings: readonly Warning[];
}
