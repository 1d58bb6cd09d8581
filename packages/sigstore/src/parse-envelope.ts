import { arrayAt, isObject, stringAt, type JsonObject } from "@colophon/core";
import { isCanonicalBase64 } from "./base64.ts";

import { malformed, refuse, type Refusal } from "./refusal.ts";
import type { EnvelopeContent } from "./signed-content.ts";

/** A DSSE envelope without a bundle around it, as slsa-github-generator attached it to releases. */
export interface BareEnvelope extends EnvelopeContent {
  /** The signer's certificate in PEM, as cosign writes it beside the signature. */
  readonly certificate?: string;
}

/** Reads a DSSE v1 envelope in JSON with canonical base64 and exactly one signature. Nothing is verified yet. */
export function parseEnvelope(value: JsonObject): BareEnvelope | Refusal {
  const payload = stringAt(value, "payload");
  const payloadType = stringAt(value, "payloadType");
  const signatures = arrayAt(value, "signatures") ?? [];
  if (payload === undefined || !isCanonicalBase64(payload)) return malformed("the envelope's payload is not base64");
  if (payloadType === undefined) return malformed("the envelope has no payload type");
  const refused = refuseUnsigned(signatures);
  if (refused !== undefined) return refused;
  if (signatures.length > 1) {
    return malformed(`the envelope has ${signatures.length} signatures; exactly one is accepted`);
  }
  const signature = stringAt(signatures[0], "sig");
  if (signature === undefined || !isCanonicalBase64(signature)) return malformed("the signature is not base64");
  const certificate = stringAt(signatures[0], "cert");
  return {
    payloadType,
    payload: Buffer.from(payload, "base64"),
    signature: Buffer.from(signature, "base64"),
    keyId: stringAt(signatures[0], "keyid") ?? "",
    ...(certificate && { certificate }),
  };
}

/** Undefined where at least one of an envelope's signatures holds something. */
export function refuseUnsigned(signatures: readonly unknown[]): Refusal | undefined {
  return signatures.some(isSigned) ? undefined : unsigned("the envelope has no signature");
}

/** In protobuf's JSON, absent, null and empty are the same. */
function isSigned(signature: unknown): boolean {
  return Boolean(isObject(signature) ? signature["sig"] : signature);
}

/** Well-formed provenance alone is exactly what an attacker can make. */
export function unsigned(message: string): Refusal {
  return refuse("signature", "unprovable", "envelope-unsigned", message, {
    hint: "Nothing proves who wrote it: attach the signed Sigstore bundle.",
  });
}
