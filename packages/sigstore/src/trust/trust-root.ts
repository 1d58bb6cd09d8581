import type { KeyObject } from "node:crypto";
import type { Warning } from "@colophon/core";
import type { TrustedRoot } from "@sigstore/protobuf-specs";

/** A key with which an npm registry signs its publish attestations. */
export interface RegistryKey {
  /** Host of the registry, lower case, with its port where it has one: from the name of the TUF target. */
  readonly host: string;
  readonly keyId: string;
  readonly publicKey: KeyObject;
  /** Both ends are inside; an absent one is open. */
  readonly validFor: { readonly start?: Date; readonly end?: Date };
}

/** One for each Sigstore instance, as `gh attestation trusted-root` has them. */
export type TrustedRoots = readonly [TrustedRoot, ...TrustedRoot[]];

/** Everything that proofs are held against. */
export interface TrustRoot {
  readonly trustedRoots: TrustedRoots;
  readonly registryKeys: readonly RegistryKey[];
  /** `sha256:<hex>` of the material: equal material, equal digest, wherever it came from. */
  readonly digest: string;
  readonly warnings: readonly Warning[];
  /** Where it came from and how new it is, for people. */
  readonly description: string;
}

/** Loads its material when it is first asked, and once. */
export interface TrustSource {
  load(): Promise<TrustRoot>;
}

/** Material of one origin, before origins are put together. */
export interface TrustMaterialText {
  readonly trustedRoots: TrustedRoots;
  readonly registryKeys: readonly RegistryKey[];
  readonly warnings: readonly Warning[];
  readonly description: string;
}
