import type { Tally } from "./coverage.ts";
import type { DigestSet } from "./digest.ts";
import type { Evidence, JudgedMember, Source, Status } from "./judge/verdict.ts";
import type { Gap, StoreName } from "./ports.ts";
import type { Channel, ObjectId, Reason, Warning } from "./release-object.ts";

/** The coverage result, schemaVersion 1 (design §6). Everything but `run` is the same for the same input. */
export interface CoverageResult {
  readonly schemaVersion: "1";
  readonly tool: { readonly name: "colophon"; readonly version: string };
  /** False where something could not be listed. */
  readonly complete: boolean;
  readonly gaps: readonly Gap[];
  readonly stores: readonly { readonly name: StoreName; readonly state: StoreState }[];
  readonly summary: Summary;
  readonly objects: readonly CoveredObject[];
  /** Objects that were published once and are withdrawn; they are in no count. */
  readonly withdrawn: readonly ObjectId[];
  readonly warnings: readonly Warning[];
  readonly run: { readonly generatedAt: string; readonly requests: RequestCounts };
}

export type StoreState = "answered" | "unavailable" | "not-configured";

export type RequestCounts = Readonly<Record<string, { sent: number; cached: number; retried: number }>>;

export interface Summary extends Tally {
  readonly channels: Readonly<Partial<Record<Channel, Tally>>>;
  readonly latest: Tally;
  readonly sinceAdoption: Tally;
  readonly slsa: { readonly "v0.1": { readonly provenance: number | null } };
}

export interface CoveredObject {
  readonly id: ObjectId;
  readonly channels: readonly Channel[];
  readonly locations: readonly string[];
  readonly digest: DigestSet;
  readonly publishedAt: string | null;
  readonly status: Status;
  /** Why it is not verified; absent where it is. */
  readonly reason?: Reason & { readonly check: string; readonly expected?: string; readonly actual?: string };
  /** Set for an image index that is verified. */
  readonly provenBy?: "index" | "platforms";
  /** What an image index lists; in no count. */
  readonly members?: readonly JudgedMember[];
  /** Set where an exemption covers it that has not expired, or never does (`expires` null). */
  readonly exempt?: { readonly reason: string; readonly expires: string | null };
  readonly level: number | null;
  readonly source: Source | null;
  readonly builder: string | null;
  readonly workflow: string | null;
  readonly expectation: "configured" | "pinned" | "held" | null;
  readonly evidence: readonly Evidence[];
  readonly warnings: readonly Warning[];
  /** Which checkers look where a proof of it was found. */
  readonly visibleTo: Readonly<Record<string, boolean>>;
}
