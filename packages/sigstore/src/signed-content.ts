import { createHash, type KeyObject } from "node:crypto";
import type { Statement } from "@colophon/core";
import type { SignedEntity } from "@sigstore/verify";
import { preAuthEncoding, verifySignature } from "./envelope-signature.ts";
import { verifyDigestByEcdsa } from "./ecdsa.ts";
import { readStatement } from "./payload-statement.ts";

/** What a bundle signs, in the form in which `@sigstore/verify` compares it with a log entry. */
export type SignedContent = SignedEntity["signature"];

/** An envelope's parts that are verified (DSSE v1). */
export interface EnvelopeContent {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

export function envelopeContent(envelope: EnvelopeContent): SignedContent {
  const encoded = preAuthEncoding(envelope.payloadType, envelope.payload);
  return {
    signature: envelope.signature,
    compareSignature: (signature) => envelope.signature.equals(signature),
    compareDigest: (digest) => hash("sha256", envelope.payload).equals(digest),
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
    compareSignedDigest: compareDigest,
    verifySignature: (key: KeyObject) => verifyDigestByEcdsa(digest, key, signature),
  };
}

/** What the payload says without proving it; undefined where it is no statement. */
export function claimedStatement(envelope: EnvelopeContent): Statement | undefined {
  const statement = readStatement(envelope.payload);
  return "fault" in statement ? undefined : statement;
}

function hashOfLength(data: Buffer, length: number): Buffer | undefined {
  const name = { 32: "sha256", 48: "sha384", 64: "sha512" }[length];
  return name === undefined ? undefined : hash(name, data);
}

function hash(name: string, data: Buffer): Buffer {
  return createHash(name).update(data).digest();
}
