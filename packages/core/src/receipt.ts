import type { DigestSet } from "./digest.ts";
import type { RequestCounts } from "./coverage-result.ts";
import type { StoreName } from "./ports.ts";
import type { Reason, Warning } from "./release-object.ts";

/** One object of an emission, and whether its proof was read back. */
export interface ReceiptObject {
  readonly name: string;
  readonly digest: DigestSet;
  /** True when the attestation was read back from every place it was put, authenticates, and is about this digest. */
  readonly proven: boolean;
  /** Name of the bundle in the output folder; null where none was made. */
  readonly bundle: string | null;
  /** Of a package that was to be published. */
  readonly published?: ReceiptPublication;
  /** Why it is not proven, where that is not the statement's failure. */
  readonly reason?: Reason;
}

/** What became of a package that was to be published. */
export interface ReceiptPublication {
  /** `earlier`: an earlier run, or another publisher, had published the same bytes. */
  readonly status: "now" | "earlier" | "not";
  /** How the digest is known: what the registry serves was hashed, it says so, or it is that of the packed tarball. */
  readonly digestFrom: "registry-bytes" | "registry-reported" | "file";
  /** The registry's own provenance; absent where none was asked of it. */
  readonly provenance?: "proven" | "refused" | "unreachable";
}

/** Where an attestation was put, and what came back from there. */
export interface ReceiptDeposit {
  readonly store: StoreName;
  readonly location: string;
  /** `proven`: what was read back authenticates and is about every subject. */
  readonly status: "proven" | "refused" | "unreachable";
  /** Why it is not proven. */
  readonly reason?: Reason;
}

export interface ReceiptStatement {
  readonly bundle: string;
  /** `sha256:<hex>` of the bundle; null where none was made. */
  readonly digest: string | null;
  readonly subjects: number;
  readonly status: "sealed" | "refused" | "unreachable";
  /** `earlier`: an earlier run had sealed it. */
  readonly signed: "now" | "earlier" | "not";
  /** What vouches for it; `name` is the host, where this run or its draft knows it. */
  readonly witnesses: readonly { readonly kind: "log" | "timestamp"; readonly name?: string }[];
  readonly deposits: readonly ReceiptDeposit[];
  /** Why it is not sealed. */
  readonly reason?: Reason;
}

/**
 * What an emission did, as `receipt.json`. `sealed`: every object is proven where it was to be. `incomplete`: a later run
 * completes it. `refused`: something has to change first.
 */
export interface Receipt {
  readonly schemaVersion: "1";
  readonly tool: { readonly name: "colophon"; readonly version: string };
  readonly status: "sealed" | "incomplete" | "refused";
  /** Null where the emission failed before anything was to be said. */
  readonly predicateType: string | null;
  readonly level?: number;
  readonly objects: readonly ReceiptObject[];
  readonly statements: readonly ReceiptStatement[];
  readonly warnings: readonly Warning[];
  /** Why nothing was sealed, where it failed before any statement. */
  readonly reason?: Reason;
  readonly run: { readonly generatedAt: string; readonly requests: RequestCounts };
}
