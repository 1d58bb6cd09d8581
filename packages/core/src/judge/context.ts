import type { BuilderTable } from "../builders.ts";
import type { Expectation } from "../expectation.ts";
import type { ReleaseObject } from "../release-object.ts";

/** What is known beside the proofs, as plain data. */
export interface Facts {
  /** Hosts of the registries of which the trust root holds a key for publish attestations. */
  readonly keyedRegistries: readonly string[];
  /** Source of the package's first verified version: later ones must stay with it. */
  readonly firstVerified?: {
    readonly version: string;
    readonly repository: string;
    readonly repositoryId: string | null;
  };
}

export const NO_FACTS: Facts = { keyedRegistries: [] };

/** Everything that one proof is held against. */
export interface JudgeContext {
  readonly object: ReleaseObject;
  readonly expectation: Expectation;
  readonly builders: BuilderTable;
  readonly facts: Facts;
}
