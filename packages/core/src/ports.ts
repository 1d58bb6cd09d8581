import type { DigestSet } from "./digest.ts";
import type { Channel, ObjectId, Reason, ReleaseObject, Warning } from "./release-object.ts";
import type { Statement } from "./statement.ts";

// ---- the denominator -------------------------------------------------------------------------------------------

/** Something that could not be listed, and why. It makes coverage incomplete, never smaller. */
export interface Gap {
  readonly channel: Channel;
  readonly target: string;
  readonly reason: Reason;
}

/** What an inventory is asked for: a package with an optional range or tag. */
export interface Target {
  readonly channel: Channel;
  readonly name: string;
  /** A version, range or dist-tag; of a registry's images a tag, a digest, `tag@digest` or a range. Absent: all. */
  readonly range?: string;
}

/** One page of an inventory: the unit of resume and of sharding. */
export interface InventoryPage {
  readonly key: string;
  readonly objects: readonly ReleaseObject[];
  /** Of the same package, but not asked for: the first verified version may be among them. */
  readonly others?: readonly ReleaseObject[];
  readonly withdrawn: readonly ObjectId[];
  readonly gaps: readonly Gap[];
  readonly warnings: readonly Warning[];
  /** Set where the target exists but publishes nothing any more, or nothing that was asked for. */
  readonly nothing?: Reason;
}

export interface Inventory {
  readonly channel: Channel;
  list(target: Target, after?: string): AsyncIterable<InventoryPage>;
}

// ---- where proofs lie ------------------------------------------------------------------------------------------

export type StoreName = "npm" | "file" | "github" | "release" | "oci" | "folder";

/** A bundle, an envelope or a layer: the bytes as they are. */
export interface Attestation {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** `sha256:<hex>` of the bytes. */
  readonly digest: string;
}

/** An attestation, where it was found, and as what it was filed there. */
export interface Proof extends Attestation {
  readonly store: StoreName;
  readonly location: string;
  /** Under the object's own name, by its digest, or beside a release. */
  readonly filed: "object" | "digest" | "release";
  /** The predicate type under which the store lists it, where it does. */
  readonly listedAs?: string;
}

/** A store's answer for one object. `found: []` means asked, and it holds nothing. */
export type Answer =
  | {
      readonly object: ObjectId;
      readonly status: "answered";
      readonly found: readonly Proof[];
      /** What lies there besides, and proves nothing. */
      readonly warnings?: readonly Warning[];
    }
  | {
      readonly object: ObjectId;
      readonly status: "unavailable";
      readonly reason: Reason;
      /** What could be read all the same: it may prove the object, and never that nothing else is there. */
      readonly found?: readonly Proof[];
    }
  | { readonly object: ObjectId; readonly status: "not-applicable" };

/** The proofs of an answer, whole or not. */
export function proofsIn(answer: Answer): readonly Proof[] {
  return answer.status === "not-applicable" ? [] : (answer.found ?? []);
}

/** Law: exactly one answer for each object of the batch. */
export interface Store {
  readonly name: StoreName;
  find(batch: readonly ReleaseObject[]): AsyncIterable<Answer>;
}

// ---- authentication: who says what -----------------------------------------------------------------------------

/** What a check is called in every result, first to last (design §6). */
export const CHECKS = [
  "bundle",
  "payload-type",
  "certificate",
  "timestamp",
  "log",
  "signature",
  "statement",
  "predicate-type",
  "subject",
  "package-name",
  "package-version",
  "issuer",
  "identity",
  "runner",
  "trigger",
  "builder",
  "workflow",
  "source-repository",
  "source-ref",
  "source-digest",
  "verifier",
  "resource",
  "level",
  "publish-attestation",
  "unavailable",
] as const;
export type Check = (typeof CHECKS)[number];

/** A time that something other than the signer vouches for. */
export interface Timestamp {
  readonly from: "log" | "authority";
  /** RFC 3339. */
  readonly time: string;
}

/** Facts that a Fulcio certificate states about the build (OIDs 1.3.6.1.4.1.57264.1.*). */
export interface BuildClaims {
  readonly buildSignerUri?: string;
  readonly buildSignerDigest?: string;
  readonly runnerEnvironment?: string;
  readonly sourceRepositoryUri?: string;
  readonly sourceRepositoryDigest?: string;
  readonly sourceRepositoryRef?: string;
  readonly sourceRepositoryId?: string;
  readonly sourceRepositoryOwnerUri?: string;
  readonly sourceRepositoryOwnerId?: string;
  readonly buildConfigUri?: string;
  readonly buildConfigDigest?: string;
  readonly buildTrigger?: string;
  readonly runInvocationUri?: string;
  readonly sourceRepositoryVisibility?: string;
}

export type SignerIdentity =
  | { readonly kind: "certificate"; readonly issuer: string; readonly subject: string; readonly claims: BuildClaims }
  | {
      readonly kind: "key";
      readonly keyId: string;
      readonly scope: "registry" | "configured";
      /** Host of the registry that the trust root gives this key for; set for scope `registry`. */
      readonly registry?: string;
    };

/** What an attestation says without proving it. */
export interface Claimed {
  readonly statement?: Statement;
  readonly signer?: SignerIdentity;
}

export type Authentication =
  | {
      readonly ok: true;
      /** Absent for a signature over the artifact itself. */
      readonly statement?: Statement;
      readonly signer: SignerIdentity;
      readonly times: readonly Timestamp[];
      readonly log: "proof" | "promise" | "none";
      readonly warnings?: readonly Warning[];
    }
  | {
      readonly ok: false;
      readonly check: Check;
      /** `broken`: proven wrong; `unprovable`: proves less than it should; `unavailable`: could not be decided now. */
      readonly kind: "broken" | "unprovable" | "unavailable";
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
      readonly claimed?: Claimed;
    };

/** The code of a signature over an artifact itself, which proves nothing without that artifact's digest. */
export const ARTIFACT_DIGEST_UNKNOWN = "artifact-digest-unknown";

export interface Verifier {
  /** `claimed`: digests of the artifact, for a signature over the artifact itself. */
  authenticate(proof: Proof, claimed?: DigestSet): Promise<Authentication>;
}
