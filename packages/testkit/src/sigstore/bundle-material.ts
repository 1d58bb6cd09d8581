import type { KeyObject } from "node:crypto";
import { TestkitError } from "../error.ts";
import type { TimestampAuthority } from "./authority.ts";
import { toBundleMediaType, type BundleVersion, type SigstoreBundle, type TransparencyLogEntry } from "./bundle.ts";
import type { DsseLogForm } from "./proposal.ts";
import type { SignatureVerifier } from "./signature.ts";

/** Where a bundle is logged, when it is stamped, and how it is written down. */
export interface BundleForm {
  /** Default `dsse`; `none` leaves the bundle without a log entry. */
  readonly log?: DsseLogForm | "none";
  /** Adds an RFC 3161 timestamp. Default false; always true for the logs of Rekor v2, which tell no time. */
  readonly timestamp?: boolean;
  /** Default 0.3. 0.1 and 0.2 hold a certificate chain; 0.1 has the inclusion promise alone. */
  readonly bundleVersion?: BundleVersion;
}

/** Who signs: a key, what its signatures are checked with, and its id (empty beside a certificate). */
export interface Signer {
  readonly privateKey: KeyObject;
  readonly verifier: SignatureVerifier;
  readonly keyId: string;
}

/** Media type and verification material of a bundle. Throws `BUNDLE_VERSION_UNSUPPORTED` for Rekor v2 in 0.1. */
export async function buildMaterial(
  tsa: TimestampAuthority,
  { bundleVersion = "0.3", timestamp = false }: Pick<BundleForm, "bundleVersion" | "timestamp">,
  signer: Signer,
  signature: string,
  entries: TransparencyLogEntry[],
): Promise<Pick<SigstoreBundle, "mediaType" | "verificationMaterial">> {
  const untimed = entries.find((entry) => entry.integratedTime === undefined)?.kindVersion;
  if (bundleVersion === "0.1" && untimed !== undefined) {
    throw new TestkitError(
      "BUNDLE_VERSION_UNSUPPORTED",
      `a bundle 0.1 cannot hold an entry of kind ${untimed.kind} ${untimed.version}`,
      { hint: "0.1 needs an inclusion promise, which Rekor v2 never gives: take bundle 0.2 or 0.3" },
    );
  }
  const stamped = timestamp || untimed !== undefined;
  const stamps = stamped ? [await tsa.timestamp(Buffer.from(signature, "base64"))] : [];
  return {
    mediaType: toBundleMediaType(bundleVersion),
    verificationMaterial: {
      ...toKeyMaterial(signer, bundleVersion),
      tlogEntries: bundleVersion === "0.1" ? entries.map(withoutProof) : entries,
      timestampVerificationData: {
        rfc3161Timestamps: stamps.map((stamp) => ({ signedTimestamp: stamp.toString("base64") })),
      },
    },
  };
}

function withoutProof(entry: TransparencyLogEntry): TransparencyLogEntry {
  const promised = { ...entry };
  delete promised.inclusionProof;
  return promised;
}

function toKeyMaterial(
  { verifier, keyId }: Signer,
  version: BundleVersion,
): Partial<SigstoreBundle["verificationMaterial"]> {
  if (verifier.kind === "key") return { publicKey: { hint: keyId } };
  const certificate = { rawBytes: verifier.der.toString("base64") };
  return version === "0.3" ? { certificate } : { x509CertificateChain: { certificates: [certificate] } };
}
