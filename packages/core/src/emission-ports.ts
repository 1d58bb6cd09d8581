import type { DigestSet } from "./digest.ts";
import type { Warning } from "./release-object.ts";
import type { JsonObject } from "./strict-json.ts";

// ---- who signs -------------------------------------------------------------------------------------------------

/**
 * An OpenID Connect identity token. Printed, inspected or serialised it is `[redacted]`; the JWT itself comes out of
 * `reveal` alone, and goes nowhere but to the authority that it is meant for.
 */
export interface IdentityToken {
  /** Claim `iss`. */
  readonly issuer: string;
  /** All claims as the token has them. Nothing here has checked its signature: the authority does. */
  readonly claims: JsonObject;
  /** RFC 3339, from claim `exp`. */
  readonly expiresAt: string;
  /** The JWT in its compact form (RFC 7519). */
  reveal(): string;
  toJSON(): "[redacted]";
  toString(): "[redacted]";
}

export interface IdentityProvider {
  /** A token for this audience, such as `sigstore`. Rejects where there is none, saying what to do about it. */
  token(audience: string): Promise<IdentityToken>;
}

// ---- what build this is ----------------------------------------------------------------------------------------

/** What is used of an in-toto ResourceDescriptor (spec/v1/resource_descriptor.md). */
export interface ResourceDescriptor {
  readonly name?: string;
  readonly uri?: string;
  readonly digest: DigestSet;
}

/** SLSA provenance v1, `buildDefinition` (slsa.dev/spec/v1.2/build-provenance). */
export interface BuildDefinition {
  readonly buildType: string;
  readonly externalParameters: JsonObject;
  readonly internalParameters?: JsonObject;
  readonly resolvedDependencies: readonly ResourceDescriptor[];
}

/** SLSA provenance v1, `runDetails`. Times are RFC 3339. */
export interface RunDetails {
  readonly builder: { readonly id: string; readonly version?: Readonly<Record<string, string>> };
  /** Without `invocationId` where nothing outside the machine could find the run again. */
  readonly metadata: { readonly invocationId?: string; readonly startedOn?: string };
  readonly byproducts?: readonly ResourceDescriptor[];
}

/** The build that is going on, as plain data: a predicate of SLSA provenance v1, and what an emission must know of it. */
export interface BuildDescription {
  readonly platform: "github-actions" | "gitlab-ci" | "local";
  readonly buildDefinition: BuildDefinition;
  readonly runDetails: RunDetails;
  /** Absent where no repository can be told, as outside a checkout. */
  readonly source?: { readonly repository: string; readonly ref?: string; readonly commit: string };
  /** Of the source repository: whether facts about it may go to a public log. */
  readonly visibility: "public" | "private" | "internal" | "unknown";
  /** The highest SLSA Build level that this platform can back for what it builds itself. */
  readonly level: 1 | 2 | 3;
  readonly warnings: readonly Warning[];
}

export interface BuildObserver {
  /** Without a token the environment alone is described, at level 1. Rejects where token and environment disagree. */
  describe(token?: IdentityToken): Promise<BuildDescription>;
}
