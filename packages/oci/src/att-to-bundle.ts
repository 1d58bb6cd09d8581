import { isObject, stringAt, type JsonObject } from "@colophon/core";
import type { Annotations } from "./descriptor.ts";
import { readJson } from "./json.ts";
import { toLogEntry } from "./log-entry.ts";
import { certificatesIn, isRoot } from "./pem.ts";

const MEDIA_TYPE = "application/vnd.dev.sigstore.bundle+json;version=0.1";

/**
 * Turns a layer of a cosign `.att` manifest, a DSSE envelope in JSON, and its annotations `dev.sigstore.cosign/…` into
 * a Sigstore bundle v0.1 in JSON (sigstore_bundle.proto). Where there is no certificate, or neither a log entry nor a
 * timestamp, the envelope stays as it is, but for its certificate, which goes into its signatures as `cert`. Nothing
 * is verified here, and nothing is refused: what is no envelope is handed on for the verifier to say so.
 */
export function attToBundle(envelope: Uint8Array, annotations: Annotations): Uint8Array {
  const written = (name: string): string | undefined =>
    stringAt(annotations, `dev.sigstore.cosign/${name}`) || undefined;
  const certificate = written("certificate");
  const dsseEnvelope = readJson(envelope);
  if (certificate === undefined || !isObject(dsseEnvelope)) return envelope;
  const log = written("bundle");
  const timestamp = written("rfc3161timestamp");
  if (log === undefined && timestamp === undefined) return toBytes(withCertificate(dsseEnvelope, certificate));
  const chain = certificatesIn(written("chain") ?? "").filter((base64) => !isRoot(base64));
  const certificates = [...certificatesIn(certificate), ...chain].map((rawBytes) => ({ rawBytes }));
  return toBytes({
    mediaType: MEDIA_TYPE,
    verificationMaterial: {
      x509CertificateChain: { certificates },
      tlogEntries: log === undefined ? [] : [toLogEntry(log)],
      ...(timestamp !== undefined && { timestampVerificationData: toTimestamps(timestamp) }),
    },
    dsseEnvelope,
  });
}

/** An annotation that holds no timestamp becomes an empty one, which the verifier refuses. */
function toTimestamps(annotation: string): JsonObject {
  const signedTimestamp = stringAt(readJson(Buffer.from(annotation)), "SignedRFC3161Timestamp") ?? "";
  return { rfc3161Timestamps: [{ signedTimestamp }] };
}

function withCertificate(envelope: JsonObject, cert: string): JsonObject {
  const signatures = envelope["signatures"];
  if (!Array.isArray(signatures)) return envelope;
  return {
    ...envelope,
    signatures: signatures.map((signature) => (isObject(signature) ? { ...signature, cert } : signature)),
  };
}

function toBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
