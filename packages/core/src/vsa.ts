import { CoreError } from "./error.ts";
import type { Statement } from "./statement.ts";
import { arrayAt, isObject, objectAt, stringAt } from "./strict-json.ts";

export const VSA_V1 = "https://slsa.dev/verification_summary/v1";
export const VSA_V0_2 = "https://slsa.dev/verification_summary/v0.2";

/** Predicate types of verification summary attestations. */
export const VSA_TYPES: readonly string[] = [VSA_V1, VSA_V0_2];

/** A verification summary in one form (slsa.dev/spec/v1.2/verification_summary; v0.2 is in snake_case). */
export interface VerificationSummary {
  readonly verifierId: string;
  readonly resourceUri: string;
  readonly passed: boolean;
  /** `SLSA_<TRACK>_LEVEL_<n>`, and levels of the verifier's own. */
  readonly verifiedLevels: readonly string[];
}

/** Null for another predicate type. Throws PREDICATE_MALFORMED with the first path that is missing. */
export function readVerificationSummary({ predicateType, predicate }: Statement): VerificationSummary | null {
  if (predicateType === VSA_V1) return readForm(predicate, "verificationResult", "resourceUri", "verifiedLevels");
  if (predicateType === VSA_V0_2) return readForm(predicate, "verification_result", "resource_uri", "policy_level");
  return null;
}

function readForm(predicate: unknown, result: string, resource: string, levels: string): VerificationSummary {
  const verifierId = stringAt(objectAt(predicate, "verifier"), "id");
  if (verifierId === undefined) throw missing("verifier.id");
  const resourceUri = stringAt(predicate, resource);
  if (resourceUri === undefined) throw missing(resource);
  const outcome = stringAt(predicate, result);
  if (outcome !== "PASSED" && outcome !== "FAILED") throw missing(result);
  const listed = arrayAt(predicate, levels) ?? (isObject(predicate) ? [predicate[levels]] : []);
  const verifiedLevels = listed.filter((level) => typeof level === "string");
  return { verifierId, resourceUri, passed: outcome === "PASSED", verifiedLevels };
}

/** Whether the levels hold what is asked: of a SLSA track that level or a higher one, of anything else the same text. */
export function holdsLevel(verified: readonly string[], wanted: string): boolean {
  const asked = trackLevel(wanted);
  if (asked === null) return verified.includes(wanted);
  return verified.some((level) => {
    const found = trackLevel(level);
    return found !== null && found.track === asked.track && found.level >= asked.level;
  });
}

function trackLevel(text: string): { track: string; level: number } | null {
  const [, track, level] = /^SLSA_([A-Z]+(?:_[A-Z]+){0,9})_LEVEL_(\d)$/.exec(text) ?? [];
  return track === undefined ? null : { track, level: Number(level) };
}

function missing(path: string): CoreError {
  return new CoreError(
    "PREDICATE_MALFORMED",
    `predicate.${path} is missing or is not what a verification summary says`,
  );
}
