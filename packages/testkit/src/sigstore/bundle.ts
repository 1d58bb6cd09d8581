/** A log entry in a bundle (protobuf JSON: integers as strings, bytes as base64). */
export interface TransparencyLogEntry {
  logIndex: string;
  logId: { keyId: string };
  kindVersion: { kind: string; version: string };
  integratedTime?: string;
  inclusionPromise?: { signedEntryTimestamp: string };
  inclusionProof?: {
    logIndex: string;
    rootHash: string;
    treeSize: string;
    hashes: string[];
    checkpoint: { envelope: string };
  };
  canonicalizedBody: string;
}

/** A DSSE envelope in JSON, payload and signatures in base64. */
export interface DsseEnvelope {
  payload: string;
  payloadType: string;
  signatures: { sig: string; keyid?: string }[];
}

/** A Sigstore bundle in JSON. Fields are mutable: tests take bundles and spoil them. */
export interface SigstoreBundle {
  mediaType: string;
  verificationMaterial: {
    certificate?: { rawBytes: string };
    x509CertificateChain?: { certificates: { rawBytes: string }[] };
    publicKey?: { hint: string };
    tlogEntries: TransparencyLogEntry[];
    timestampVerificationData?: { rfc3161Timestamps: { signedTimestamp: string }[] };
  };
  dsseEnvelope?: DsseEnvelope;
  messageSignature?: { messageDigest: { algorithm: string; digest: string }; signature: string };
}

/** The versions of the bundle format that are to be met in the wild. */
export type BundleVersion = "0.1" | "0.2" | "0.3";

/** The media type of a bundle of that version. */
export function toBundleMediaType(version: BundleVersion): string {
  return version === "0.3"
    ? "application/vnd.dev.sigstore.bundle.v0.3+json"
    : `application/vnd.dev.sigstore.bundle+json;version=${version}`;
}

/** A copy of a bundle whose signature has one bit changed: well-formed, and broken. */
export function breakSignature(bundle: SigstoreBundle): SigstoreBundle {
  const broken = structuredClone(bundle);
  const signature = broken.dsseEnvelope?.signatures[0];
  if (signature !== undefined) signature.sig = flipLastBit(signature.sig);
  if (broken.messageSignature !== undefined) {
    broken.messageSignature.signature = flipLastBit(broken.messageSignature.signature);
  }
  return broken;
}

function flipLastBit(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString("base64");
}
