import type { Authentication, Claimed } from "@colophon/core";
import { readSigner } from "./certificate.ts";
import type { Context } from "./context.ts";
import { logEntryMissing, signatureRefusal, unknownAuthority } from "./diagnose.ts";
import { loadLibraries } from "./libraries.ts";
import type { BareEnvelope } from "./parse-envelope.ts";
import { claimOf, readStatement } from "./payload-statement.ts";
import { checkPayloadType } from "./payload-type.ts";
import { parsePemCertificate } from "./pem-certificate.ts";
import { malformed, refuse, type Refusal } from "./refusal.ts";
import { envelopeContent } from "./signed-content.ts";
import { configuredCandidates, findSigningKey } from "./signing-key.ts";
import { succeed } from "./success.ts";
import { isFromKnownAuthority } from "./trust-material.ts";

/** Authenticates an envelope that has no bundle around it: by a configured key, or as far as its certificate goes. */
export async function authenticateEnvelope(envelope: BareEnvelope, context: Context): Promise<Authentication> {
  const content = envelopeContent(envelope);
  const candidates = configuredCandidates(context.keys, envelope.keyId);
  const chosen = findSigningKey(candidates, content);
  const statement = readStatement(envelope.payload);
  const claimed = claimOf(statement);
  if (chosen !== undefined) {
    const wrong = checkPayloadType(envelope, () => true);
    if (wrong !== undefined) return { ...wrong, claimed: { ...claimed, signer: chosen.signer } };
    return succeed({ statement, signer: chosen.signer, warnings: [] });
  }
  if (envelope.certificate !== undefined) return await byCertificate(envelope, envelope.certificate, claimed, context);
  const refused =
    checkPayloadType(envelope, () => candidates.length === 0) ?? withoutKey(envelope, candidates.length, context);
  return { ...refused, claimed };
}

function withoutKey(envelope: BareEnvelope, candidates: number, context: Context): Refusal {
  if (candidates > 0) return signatureRefusal();
  if (context.keys.length === 0) {
    const message = "the envelope has a signature, but neither certificate nor log entry, and no key is configured";
    return refuse("certificate", "unprovable", "no-verification-material", message, {
      hint: "Give the public key, or have the Sigstore bundle attached.",
    });
  }
  const message = `no configured key has the key id ${JSON.stringify(envelope.keyId.slice(0, 120))}`;
  return refuse("signature", "unprovable", "key-unknown", message, { hint: "Give the key that has this key id." });
}

/** Without a log entry nothing proves the time, so this never succeeds; it tells how far the claim holds. */
async function byCertificate(
  envelope: BareEnvelope,
  pem: string,
  statement: Claimed,
  context: Context,
): Promise<Refusal> {
  const certificate = await parsePemCertificate(pem);
  if (certificate === undefined) return malformed("the certificate beside the signature cannot be read", statement);
  const { core } = await loadLibraries();
  const key = core.crypto.createPublicKey(certificate.publicKey);
  const signer = readSigner(certificate);
  const claimed: Claimed = signer === undefined ? statement : { ...statement, signer };
  const signed = envelopeContent(envelope).verifySignature(key);
  const wrong = checkPayloadType(envelope, () => signed) ?? (signed ? undefined : signatureRefusal());
  if (wrong !== undefined) return { ...wrong, claimed };
  const { instances } = await context.trust();
  const isKnown = instances.some(({ material }) => isFromKnownAuthority(certificate, material));
  return { ...(isKnown ? logEntryMissing() : unknownAuthority()), claimed };
}
