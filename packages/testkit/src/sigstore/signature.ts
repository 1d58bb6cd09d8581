import { sign, type KeyObject } from "node:crypto";

/** What a signature is checked with: a certificate or a public key (SubjectPublicKeyInfo), DER. */
export interface SignatureVerifier {
  readonly kind: "certificate" | "key";
  readonly der: Buffer;
}

/** Pre-authentication encoding of a DSSE payload (DSSE v1.0.2, protocol.md). */
export function encodePreAuthentication(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `), payload]);
}

/** An ECDSA signature with SHA-256, DER, in base64. */
export function signBytes(data: Uint8Array, privateKey: KeyObject): string {
  return sign("sha256", data, privateKey).toString("base64");
}

/** PEM of a certificate or public key, as Rekor v1 holds it. */
export function toVerifierPem(verifier: SignatureVerifier): string {
  const label = verifier.kind === "certificate" ? "CERTIFICATE" : "PUBLIC KEY";
  const lines = verifier.der.toString("base64").match(/.{1,64}/gu) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
