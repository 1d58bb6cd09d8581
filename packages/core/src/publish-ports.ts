import type { DigestSet } from "./digest.ts";
import type { Answer } from "./ports.ts";
import type { ObjectId, Reason } from "./release-object.ts";
import type { NotDone } from "./signing-ports.ts";

/** A package that is packed and going to be published. */
export interface Publication {
  /** `pkg:npm/%40scope/name@version`. */
  readonly id: ObjectId;
  readonly name: string;
  readonly version: string;
  /** Of the tarball that was packed. */
  readonly digest: DigestSet;
  /** Names of packages that have to be there before it. */
  readonly after: readonly string[];
}

/** What a registry knows of a version before it is published. */
export type VersionState =
  | { readonly state: "free" }
  | { readonly state: "taken"; readonly digest?: DigestSet }
  | { readonly state: "unknown"; readonly reason: Reason };

/** The digest of what a registry serves, and how it is known, the surer first. */
export type Served =
  | { readonly status: "served"; readonly digest: DigestSet; readonly from: "registry-bytes" | "registry-reported" }
  | { readonly status: "not-served"; readonly reason: Reason };

/**
 * How sure a registry makes its consumers of who published, the surer first, as pnpm's `trustPolicy` ranks it: a person
 * approved what a trusted publisher staged, a trusted publisher, provenance, nothing.
 */
export const TRUST_RANKS = ["staged", "trusted-publisher", "provenance", "none"] as const;
export type TrustRank = (typeof TRUST_RANKS)[number];

/** The version that a release follows in its line. */
export type Predecessor =
  | { readonly status: "found"; readonly version: string; readonly rank: TrustRank }
  | { readonly status: "none" }
  | { readonly status: "unknown"; readonly reason: Reason };

/** A registry that packages are published at. */
export interface Publisher {
  state(publication: Publication): Promise<VersionState>;
  predecessor(publication: Publication): Promise<Predecessor>;
  /** `bundle`: name of the file in the output folder that goes along as provenance. */
  publish(publication: Publication, bundle?: string): Promise<{ readonly status: "published" } | NotDone>;
  /** Waits, within bounds, for a registry that lags. */
  served(publication: Publication): Promise<Served>;
  /** What the registry itself holds of attestations of it. Waits for it within bounds. */
  attestations(publication: Publication): Promise<Answer>;
}
