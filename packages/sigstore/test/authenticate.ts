import { createHash } from "node:crypto";
import type { Authentication, DigestSet, Proof, Verifier } from "@colophon/core";
import { createTrustSource, createVerifier, splitAttestations, type ConfiguredKey } from "../src/index.ts";

export function bundledVerifier(keys: readonly ConfiguredKey[] = []): Verifier {
  return createVerifier({ trust: createTrustSource({ offline: true }), keys });
}

/** Authenticates one attestation: bytes as they are, text, or an object to be written as JSON. */
export async function authenticate(
  verifier: Verifier,
  content: Uint8Array | object | string,
  digests?: DigestSet,
): Promise<Authentication> {
  return await verifier.authenticate(toProof(content), digests);
}

export function toProof(content: Uint8Array | object | string): Proof {
  const bytes = toBytes(content);
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return { mediaType: "application/json", bytes, digest, store: "file", location: "test", filed: "object" };
}

/** Authenticates each attestation of a registry's answer; the key is the last part of the predicate type. */
export async function authenticateAnswer(
  verifier: Verifier,
  answer: Uint8Array,
): Promise<Readonly<Record<"provenance" | "publish", Authentication>>> {
  const [first, second] = await Promise.all(
    splitAttestations(answer, "the answer")
      .toSorted((left, right) => Number(isPublish(left.listedAs)) - Number(isPublish(right.listedAs)))
      .map(({ bytes }) => authenticate(verifier, bytes)),
  );
  if (first === undefined || second === undefined) throw new Error("the answer holds fewer than two attestations");
  return { provenance: first, publish: second };
}

function isPublish(predicateType: string | undefined): boolean {
  return predicateType?.includes("/publish/") ?? false;
}

/** An answer cut to what tests compare. */
export function verdictOf(result: Authentication): string {
  return result.ok ? "ok" : `${result.check} ${result.kind} ${result.code}`;
}

function toBytes(content: Uint8Array | object | string): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
}
