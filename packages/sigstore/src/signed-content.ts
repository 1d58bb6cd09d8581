import { createHash, type KeyObject } from "node:crypto";
import type { SignedEntity } from "@sigstore/verify";
import { preAuthEncoding, verifySignature } from "./envelope-signature.ts";
import { verifyDigestByEcdsa } from "./ecdsa.ts";

/** What a bundle signs, in the form in which `@sigstore/verify` compares it with a log entry. */
export type SignedContent = SignedEntity["signature"] & {
  /** Whether that is the SHA-256 of the envelope as cosign writes it; never for a signature over an artifact. */
  readonly compareEnvelopeDigest: (digest: Buffer) => boolean;
};

/** A bundle as `@sigstore/verify` takes it. */
export type Entity = SignedEntity & { readonly signature: SignedContent };

/** An envelope's parts that are verified (DSSE v1). */
export interface EnvelopeContent {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signature: Buffer;
  /** Empty where the envelope has none. */
  readonly keyId: string;
}

export function envelopeContent(envelope: EnvelopeContent): SignedContent {
  const encoded = preAuthEncoding(envelope.payloadType, envelope.payload);
  return {
    signature: envelope.signature,
    compareSignature: (signature) => envelope.signature.equals(signature),
    compareDigest: (digest) => hash("sha256", envelope.payload).equals(digest),
    compareEnvelopeDigest: (digest) => hash("sha256", writeAsCosign(envelope)).equals(digest),
    // The newer log notes the hash that belongs to the key, told by its length.
    compareSignedDigest: (digest) => hashOfLength(encoded, digest.length)?.equals(digest) ?? false,
    verifySignature: (key) => verifySignature(encoded, key, envelope.signature),
  };
}

/** A signature over an artifact of which the digest alone is at hand. */
export function digestContent(digest: Buffer, signature: Buffer): SignedContent {
  const compareDigest = (other: Buffer): boolean => digest.equals(other);
  return {
    signature,
    compareSignature: (other) => signature.equals(other),
    compareDigest,
    compareEnvelopeDigest: () => false,
    compareSignedDigest: compareDigest,
    verifySignature: (key: KeyObject) => verifyDigestByEcdsa(digest, key, signature),
  };
}

function hashOfLength(data: Buffer, length: number): Buffer | undefined {
  const name = { 32: "sha256", 48: "sha384", 64: "sha512" }[length];
  return name === undefined ? undefined : hash(name, data);
}

/** As Go's `encoding/json` writes the envelope of go-securesystemslib, which older log entries have the hash of. */
function writeAsCosign({ payloadType, payload, signature, keyId }: EnvelopeContent): string {
  const signatures = [{ keyid: keyId, sig: signature.toString("base64") }];
  return JSON.stringify({ payloadType, payload: payload.toString("base64"), signatures });
}

function hash(name: string, data: Buffer | string): Buffer {
  return createHash(name).update(data).digest();
}
