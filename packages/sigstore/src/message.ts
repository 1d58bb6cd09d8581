import type { KeyObject } from "node:crypto";
import { ARTIFACT_DIGEST_UNKNOWN, type DigestSet } from "@colophon/core";
import type { MessageSignature } from "@sigstore/bundle";
import { isEcdsaCurveKnown } from "./ecdsa.ts";
import { refuse, type Refusal } from "./refusal.ts";
import { digestContent, type SignedContent } from "./signed-content.ts";

/** `HashAlgorithm` of sigstore_common.proto. */
const ALGORITHMS: Readonly<Record<number, string>> = { 1: "sha256", 2: "sha384", 3: "sha512" };

/**
 * A signature over an artifact itself, to be verified with the artifact's own digest: the one in the bundle
 * is a hint that nobody signed.
 */
export function readMessage(message: MessageSignature, digests: DigestSet | undefined): SignedContent | Refusal {
  const algorithm = ALGORITHMS[message.messageDigest.algorithm];
  if (algorithm === undefined) {
    const text = `the bundle gives a digest of unknown algorithm ${message.messageDigest.algorithm}`;
    return refuse("bundle", "unprovable", "message-signature-unsupported", text);
  }
  const digest = digests?.[algorithm];
  if (digest === undefined) {
    const text = `the bundle signs an artifact by ${algorithm}, and the artifact's ${algorithm} digest is not known`;
    return refuse("subject", "unprovable", ARTIFACT_DIGEST_UNKNOWN, text, {
      hint: "Verify the artifact as a file, or give its digest in that algorithm.",
    });
  }
  const bytes = Buffer.from(digest, "hex");
  if (!bytes.equals(message.messageDigest.digest)) {
    const signed = message.messageDigest.digest.toString("hex", 0, 64);
    const text = `the bundle is about another artifact: ${algorithm}:${signed}, and not ${algorithm}:${digest}`;
    return refuse("subject", "broken", "artifact-digest", text);
  }
  return digestContent(bytes, message.signature);
}

export function isCheckableByDigest(key: KeyObject): boolean {
  return isEcdsaCurveKnown(key);
}
