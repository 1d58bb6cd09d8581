import type { Requirement } from "../assessment.ts";
import type { Verdict } from "../judge/verdict.ts";
import { gates, SLSA_V0_1_PROVENANCE } from "./slsa-v0.1.ts";

/** Highest level that these reports reached: the rows of level 4 cannot be told from provenance alone. */
const HIGHEST = 3;

/** Rows that provenance of any accepted form meets once it is verified, whoever the builder is. */
const MET_BY_PROVENANCE = [
  "available",
  "authenticated",
  "identifies-artifact",
  "identifies-builder",
  "identifies-build-instructions",
];

/**
 * Which rows of the v0.1 table an object's verdict meets. The builder's level stands for what the rows ask of the
 * service: level 2 generates the data itself, level 3 keeps the secret and the fields out of the tenant's reach.
 */
function rowsMet(verdict: Verdict): ReadonlySet<string> {
  if (verdict.status !== "verified" || verdict.level === null) return new Set();
  const met = [...MET_BY_PROVENANCE];
  if (verdict.source?.repository !== undefined) met.push("identifies-source-code");
  if (verdict.level >= 2) met.push("service-generated");
  if (verdict.level >= 3) met.push("non-falsifiable", "includes-all-params");
  if (verdict.workflow !== null) met.push("identifies-entry-point");
  return new Set(met);
}

/** v0.1 Provenance level of one object: every gating cell of every level up to it is met. */
export function provenanceLevelV01(verdict: Verdict, rows: readonly Requirement[] = SLSA_V0_1_PROVENANCE): number {
  const met = rowsMet(verdict);
  for (let level = 1; level <= HIGHEST; level += 1) {
    if (rows.some((row) => gates(row.levels[level]) && !met.has(row.id))) return level - 1;
  }
  return HIGHEST;
}

/** A project's level is the least over its objects, as the 2023 reports had it; null where nothing is published. */
export function projectProvenanceLevelV01(verdicts: readonly Verdict[]): number | null {
  return verdicts.length === 0
    ? null
    : verdicts.reduce((least, verdict) => Math.min(least, provenanceLevelV01(verdict)), HIGHEST);
}
