import type { Status } from "./judge/verdict.ts";

/** What coverage needs to know of one object. */
export interface Counted {
  readonly status: Status;
  /** Stays in the denominator, but leaves the gate. */
  readonly exempt: boolean;
}

/** Statuses counted, and coverage as bounds: unknowns as not covered, and as covered. */
export interface Tally {
  readonly objects: number;
  readonly verified: number;
  readonly present: number;
  readonly mismatch: number;
  readonly missing: number;
  readonly unknown: number;
  readonly exempt: number;
  /** Fractions from 0 to 1, not rounded; null without objects, which is never "all". */
  readonly coverage: Bounds | null;
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

export function tally(counted: readonly Counted[]): Tally {
  const count = (status: Status): number => counted.filter((entry) => entry.status === status).length;
  const verified = count("verified");
  const unknown = count("unknown");
  return {
    objects: counted.length,
    verified,
    present: count("present"),
    mismatch: count("mismatch"),
    missing: count("missing"),
    unknown,
    exempt: counted.filter(({ exempt }) => exempt).length,
    coverage: bounds(verified, unknown, counted.length),
  };
}

/** Coverage of what the gate looks at: exempt objects stay out of both sides, unless they are verified. */
export function gatedBounds(counted: readonly Counted[]): Bounds | null {
  const gated = counted.filter(({ status, exempt }) => status === "verified" || !exempt);
  const of = (status: Status): number => gated.filter((entry) => entry.status === status).length;
  return bounds(of("verified"), of("unknown"), gated.length);
}

function bounds(verified: number, unknown: number, objects: number): Bounds | null {
  return objects === 0 ? null : { least: verified / objects, most: (verified + unknown) / objects };
}

/** What a gate says of one threshold (0 to 1): met for certain, failed for certain, or open. */
export function meetsThreshold(found: Bounds, threshold: number): "met" | "failed" | "open" {
  if (found.least >= threshold) return "met";
  return found.most < threshold ? "failed" : "open";
}
