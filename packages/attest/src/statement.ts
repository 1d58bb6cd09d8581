import type { BuildDescription, PlannedSubject } from "@colophon/core";

/** What a statement says of its subjects. */
export interface Predicate {
  /** URI of the predicate type. */
  readonly type: string;
  readonly value: unknown;
}

const SLSA_V1 = "https://slsa.dev/provenance/v1";

/** SLSA provenance v1 of a build. */
export function provenanceOf({ buildDefinition, runDetails }: BuildDescription): Predicate {
  return { type: SLSA_V1, value: { buildDefinition, runDetails } };
}

/** The text of an in-toto Statement v1 (in-toto attestation spec, v1/statement.md). */
export function formatStatement(subjects: readonly PlannedSubject[], { type, value }: Predicate): string {
  return JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: subjects.map(({ name, digest }) => ({ name, digest })),
    predicateType: type,
    predicate: value,
  });
}
