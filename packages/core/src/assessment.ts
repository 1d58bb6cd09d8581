import type { ObjectId } from "./release-object.ts";

/** A row of a SLSA requirement table, with the spec's own anchor as id. */
export interface Requirement {
  readonly spec: "0.1" | "1.2";
  readonly id: string;
  readonly group: string;
  readonly title: string;
  /** What each level asks: the cell of that level's column. */
  readonly levels: Readonly<Record<number, RequirementCell>>;
  readonly definition: string;
}

/**
 * `required`; `recommended`; `justified`: required unless justified; `18-months`: retention limited to 18 months;
 * `authenticated`: by the builder; `complete`; `no`: not required.
 */
export type RequirementCell =
  | "required"
  | "recommended"
  | "justified"
  | "18-months"
  | "authenticated"
  | "complete"
  | "no";

/** A fact with where it was seen and when. A fact that could not be had is an observation too. */
export interface Observation {
  readonly kind: string;
  readonly value: unknown;
  readonly evidence: readonly ObservationEvidence[];
  /** RFC 3339. */
  readonly observedAt: string;
  /** Set where the fact could not be had, and why. */
  readonly unavailable?: string;
}

export type ObservationEvidence =
  | { readonly file: string; readonly lines: readonly [number, number]; readonly says: string }
  | { readonly url: string; readonly says: string }
  | { readonly object: ObjectId; readonly says: string };

/** `not-met` and `no-evidence` are never merged; `asserted` is a human's word. */
export type FindingVerdict = "met" | "not-met" | "partial" | "no-evidence" | "not-applicable" | "asserted";

/** What a probe found for one requirement. */
export interface Finding {
  readonly requirement: string;
  readonly verdict: FindingVerdict;
  readonly reason: string;
  readonly evidence: readonly ObservationEvidence[];
}

export interface Project {
  readonly repository: string;
  readonly commit: string | null;
}

export interface Observer {
  observe(project: Project): Promise<readonly Observation[]>;
}

export interface ProbeDefinition {
  readonly id: string;
  readonly requirements: readonly string[];
  readonly asks: string;
}

/** Turns observations into findings; states facts, judges no level. */
export interface Probe {
  readonly definition: ProbeDefinition;
  run(observations: readonly Observation[]): readonly Finding[];
}
