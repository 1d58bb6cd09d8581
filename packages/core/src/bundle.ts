import { toBase64 } from "./base64.ts";
import type { SignedEnvelope, Testimony } from "./signing-ports.ts";
import type { JsonObject } from "./strict-json.ts";

export const BUNDLE_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/**
 * A Sigstore bundle v0.3 (sigstore_bundle.proto, protobuf JSON) as the strictest verifiers take it: one certificate or
 * key hint, log entries and timestamps each in a list of its own. Without testimony it is a draft that a later run takes up.
 */
export function toBundle(envelope: SignedEnvelope, testimony: readonly Testimony[]): JsonObject {
  return { ...toMaterial(envelope, testimony), dsseEnvelope: toEnvelope(envelope) };
}

/** Such a bundle of a signature over bytes themselves, by their SHA-256. */
export function toMessageBundle(
  { sha256, ...signed }: { readonly sha256: Uint8Array } & Pick<SignedEnvelope, "signature" | "keyId" | "signer">,
  testimony: readonly Testimony[],
): JsonObject {
  const messageDigest = { algorithm: "SHA2_256", digest: toBase64(sha256) };
  return {
    ...toMaterial(signed, testimony),
    messageSignature: { messageDigest, signature: toBase64(signed.signature) },
  };
}

function toMaterial(
  { keyId, signer }: Pick<SignedEnvelope, "keyId" | "signer">,
  testimony: readonly Testimony[],
): JsonObject {
  const logs = testimony.flatMap((one) => (one.kind === "log" ? [one.entry] : []));
  const stamps = testimony.flatMap((one) => (one.kind === "timestamp" ? [one.response] : []));
  return {
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: {
      ...(signer.kind === "certificate"
        ? { certificate: { rawBytes: toBase64(signer.certificate) } }
        : { publicKey: { hint: keyId } }),
      tlogEntries: logs,
      timestampVerificationData: { rfc3161Timestamps: stamps.map((one) => ({ signedTimestamp: toBase64(one) })) },
    },
  };
}

/**
 * The DSSE envelope alone, one line of an `*.intoto.jsonl`. It names no key: what is a hint by DSSE v1, verifiers in Go hold
 * against an SSH fingerprint, and find no key by any other (go-securesystemslib, `dsse`).
 */
export function toEnvelope({
  payloadType,
  payload,
  signature,
}: Pick<SignedEnvelope, "payloadType" | "payload" | "signature">): JsonObject {
  return { payload: toBase64(payload), payloadType, signatures: [{ sig: toBase64(signature) }] };
}
