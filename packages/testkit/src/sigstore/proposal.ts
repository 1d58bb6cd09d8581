import { createHash } from "node:crypto";
import type { JsonObject } from "../json.ts";
import type { DsseEnvelope } from "./bundle.ts";
import { toVerifierPem, type SignatureVerifier } from "./signature.ts";

/** The forms in which a log takes a DSSE envelope; `rekor-v2` is `hashedrekord` 0.0.2 over the PAE. */
export type DsseLogForm = "dsse" | "intoto" | "rekor-v2" | "rekor-v2-dsse";

/** Rekor v1's proposal for a DSSE envelope: kind `dsse` 0.0.1. */
export function toDsseProposal(envelope: DsseEnvelope, verifier: SignatureVerifier): JsonObject {
  const proposedContent = { envelope: JSON.stringify(envelope), verifiers: [toEncodedPem(verifier)] };
  return { apiVersion: "0.0.1", kind: "dsse", spec: { proposedContent } };
}

/** Rekor v1's proposal of kind `intoto` 0.0.2, in which payload and signature are encoded twice. */
export function toIntotoProposal(envelope: DsseEnvelope, verifier: SignatureVerifier): JsonObject {
  const signatures = envelope.signatures.map(({ sig, keyid }) => ({
    ...(keyid === undefined || keyid === "" ? {} : { keyid }),
    publicKey: toEncodedPem(verifier),
    sig: toBase64(sig),
  }));
  const content = {
    envelope: { payload: toBase64(envelope.payload), payloadType: envelope.payloadType, signatures },
    hash: toHash(JSON.stringify(envelope)),
    payloadHash: toHash(Buffer.from(envelope.payload, "base64")),
  };
  return { apiVersion: "0.0.2", kind: "intoto", spec: { content } };
}

/** Rekor v1's proposal for a signature over a blob: kind `hashedrekord` 0.0.1. */
export function toHashedRekordProposal(blob: Uint8Array, signature: string, verifier: SignatureVerifier): JsonObject {
  const spec = {
    data: { hash: toHash(blob) },
    signature: { content: signature, publicKey: { content: toEncodedPem(verifier) } },
  };
  return { apiVersion: "0.0.1", kind: "hashedrekord", spec };
}

/** Rekor v2's request for a signature over `signed`, for DSSE its pre-authentication encoding. */
export function toHashedRekordRequest(signed: Uint8Array, signature: string, verifier: SignatureVerifier): JsonObject {
  const digest = createHash("sha256").update(signed).digest("base64");
  return { hashedRekordRequestV002: { digest, signature: { content: signature, verifier: toVerifierJson(verifier) } } };
}

/** Rekor v2's former request for a DSSE envelope, which early logs took. */
export function toDsseRequest(envelope: DsseEnvelope, verifier: SignatureVerifier): JsonObject {
  const { payload, payloadType, signatures } = envelope;
  return {
    dsseRequestV002: {
      envelope: { payload, payloadType, signatures: signatures.map(({ sig, keyid }) => ({ sig, keyid })) },
      verifiers: [toVerifierJson(verifier)],
    },
  };
}

function toVerifierJson(verifier: SignatureVerifier): JsonObject {
  const rawBytes = verifier.der.toString("base64");
  const keyDetails = "PKIX_ECDSA_P256_SHA_256";
  return verifier.kind === "certificate"
    ? { keyDetails, x509Certificate: { rawBytes } }
    : { keyDetails, publicKey: { rawBytes } };
}

function toEncodedPem(verifier: SignatureVerifier): string {
  return toBase64(toVerifierPem(verifier));
}

function toBase64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function toHash(data: string | Uint8Array): JsonObject {
  return { algorithm: "sha256", value: createHash("sha256").update(data).digest("hex") };
}
