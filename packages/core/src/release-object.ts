import type { DigestSet } from "./digest.ts";

/** Where objects are published. */
export type Channel = "npm" | "github" | "oci" | "helm" | "file";

/** A purl, or for a plain file `file:<name>`: the identity of a release object. */
export type ObjectId = string;

/** A cause in a closed set of codes, a sentence that names the value, and what to do about it. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** Something worth saying that changes no verdict. */
export interface Warning {
  readonly code: string;
  readonly message: string;
}

/** One published thing: the unit that coverage counts. */
export interface ReleaseObject {
  readonly id: ObjectId;
  readonly channels: readonly Channel[];
  readonly locations: readonly string[];
  /** Lower-case hexadecimal; without a strong digest the object is `unknown`. */
  readonly digest: DigestSet;
  /** What the digest was taken from: bytes that were read, or what the registry says of them. */
  readonly digestFrom: "bytes" | "registry";
  readonly name: string;
  readonly version: string | null;
  /** RFC 3339, or null where the registry does not tell. */
  readonly publishedAt: string | null;
  /** Names that move: npm dist-tags, image tags. `latest` marks the object of the latest release. */
  readonly tags: readonly string[];
  /** The https URI of the repository that the object's own metadata declares, or null. */
  readonly declaredRepository: string | null;
  /** The publisher's deprecation message, or null. */
  readonly deprecated: string | null;
  /** Other digests by which it is mistaken for itself: they are of what it holds. */
  readonly parts?: readonly ObjectPart[];
  /** Worth saying whatever it is judged. */
  readonly warnings?: readonly Warning[];
  readonly npm?: NpmFacts;
  readonly helm?: HelmFacts;
  /** What an image index lists, each digest once; absent for what is no index. They are in no count of their own. */
  readonly members?: readonly Member[];
}

/** One entry of an image index: what a platform gets. */
export interface Member {
  /** `os/architecture[/variant]`, or null where the index does not tell. */
  readonly platform: string | null;
  /** Its location names the index too, in which BuildKit keeps what is about it. It has no members itself. */
  readonly object: ReleaseObject;
}

/** What an image's or chart's manifest names. */
export interface ObjectPart {
  /** Such as `the chart's archive`. */
  readonly what: string;
  readonly digest: DigestSet;
}

/** What a classic Helm repository says of a chart. */
export interface HelmFacts {
  /** URL of the archive, where there is one that can be read; its query may hold secrets. */
  readonly archiveUrl?: string;
}

/** What an npm registry says of a version's attestations (`dist` of the packument). */
export interface NpmFacts {
  /** Origin and path of the registry whose packages these are, with a slash at the end. */
  readonly servedFor: string;
  /**
   * `advertised`: `dist.attestations` names them; `none`: the registry carries attestations, this version has none;
   * `not-carried`: nothing in the packument shows that the registry carries any;
   * `never`: the configuration says that this registry has none.
   */
  readonly attestations: "advertised" | "none" | "not-carried" | "never";
  /** URL of the tarball as the packument tells it, where it tells one; it may hold user info. */
  readonly tarballUrl?: string;
  /** Absolute URL of the attestations, on the registry that was asked. */
  readonly attestationsUrl?: string;
  /** Predicate type of the provenance that is advertised. */
  readonly provenanceType?: string;
}
