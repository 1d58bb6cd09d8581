import type { DigestSet } from "../digest.ts";
import { CoreError } from "../error.ts";
import { stringAt } from "../strict-json.ts";

export const PROVENANCE_V0_1 = "https://slsa.dev/provenance/v0.1";
export const PROVENANCE_V0_2 = "https://slsa.dev/provenance/v0.2";
export const PROVENANCE_V1 = "https://slsa.dev/provenance/v1";

/** Predicate types that are build provenance. */
export const PROVENANCE_TYPES: readonly string[] = [PROVENANCE_V1, PROVENANCE_V0_2, PROVENANCE_V0_1];

/** SLSA provenance of any version in one form. What a version does not hold is absent. */
export interface Provenance {
  readonly version: "0.1" | "0.2" | "1";
  readonly builderId: string;
  readonly buildType: string;
  /** Where the build's instructions came from, as far as the provenance itself says. */
  readonly source: ProvenanceSource;
  /** v1 `externalParameters`, v0.x the user's parameters (`invocation.parameters`, `recipe.arguments`). */
  readonly externalParameters: unknown;
  readonly internalParameters: unknown;
  readonly resolvedDependencies: readonly Dependency[];
  readonly invocationId?: string;
  readonly startedOn?: string;
  readonly finishedOn?: string;
}

export interface ProvenanceSource {
  /** https URI, without `git+` and ref. */
  readonly repository?: string;
  readonly ref?: string;
  /** Commit id in hexadecimal. */
  readonly commit?: string;
  /** Path of the workflow or other entry point inside the repository. */
  readonly entryPoint?: string;
}

export interface Dependency {
  readonly uri?: string;
  readonly digest: DigestSet;
}

/** The error for a body that is not of its predicate type; `path` starts at `predicate`. */
export function missingPath(path: string, type: string): CoreError {
  return new CoreError("PREDICATE_MALFORMED", `${path} is missing or is not what ${type} says`, {
    hint: `Write the predicate in the format of its own type, ${type}.`,
  });
}

const MAX_ID = 2048;

/** `builder.id`, where it is one that can be shown. */
export function builderIdOf(builder: unknown): string | undefined {
  const id = stringAt(builder, "id");
  return id === undefined || id.length > MAX_ID ? undefined : id;
}
