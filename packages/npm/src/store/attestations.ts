import { createHash } from "node:crypto";
import { arrayAt, isObject, parseStrictJson, stringAt, type Proof } from "@colophon/core";
import { NpmError } from "../error.ts";

/** Each is verified: more than these would be an attack on the reader's time. The public registry gives two. */
const MAX_ATTESTATIONS = 100;

/**
 * Reads the answer of a registry's attestations endpoint: `{attestations: [{predicateType, bundle}]}`. A bundle that
 * is none is a proof all the same, one that proves nothing. Throws ANSWER_UNREADABLE or CoreError JSON_INVALID.
 */
export function parseAttestations(bytes: Uint8Array, location: string): readonly Proof[] {
  const listed = arrayAt(parseStrictJson(decode(bytes), "the list of attestations"), "attestations");
  if (listed === undefined) throw new NpmError("ANSWER_UNREADABLE", "it has no list of attestations");
  if (listed.length > MAX_ATTESTATIONS) {
    throw new NpmError("ANSWER_UNREADABLE", `it lists ${listed.length} attestations, more than ${MAX_ATTESTATIONS}`);
  }
  return listed.map((attestation) => toProof(attestation, location));
}

function toProof(attestation: unknown, location: string): Proof {
  const bundle = isObject(attestation) ? attestation["bundle"] : attestation;
  // Text in place of a bundle is kept as it is, so that the verifier says what is wrong with it.
  const bytes = Buffer.from(typeof bundle === "string" ? bundle : JSON.stringify(bundle ?? null));
  const listedAs = stringAt(attestation, "predicateType");
  return {
    mediaType: stringAt(bundle, "mediaType")?.slice(0, 200) ?? "application/json",
    bytes,
    digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
    store: "npm",
    location,
    filed: "object",
    ...(listedAs !== undefined && { listedAs }),
  };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new NpmError("ANSWER_UNREADABLE", "it is not UTF-8", { cause });
  }
}
