import type { Plan } from "@colophon/core";

/** One plan of both: what the second says of a subject, a file or a warning again replaces what the first did. */
export function joinPlans(first: Plan, second: Plan): Plan {
  const merge = <T>(key: (one: T) => string, of: (plan: Plan) => readonly T[]): readonly T[] => [
    ...new Map([...of(first), ...of(second)].map((one) => [key(one), one])).values(),
  ];
  return {
    ...first,
    subjects: merge(
      ({ name }) => name,
      ({ subjects }) => subjects,
    ),
    statements: merge(
      ({ files }) => files.bundle,
      ({ statements }) => statements,
    ),
    warnings: merge(
      ({ code, message }) => `${code} ${message}`,
      ({ warnings }) => warnings,
    ),
  };
}
