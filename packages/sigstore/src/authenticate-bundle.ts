import type { KeyObject } from "node:crypto";
import type { Authentication, Claimed, DigestSet, Warning } from "@colophon/core";
import type { Bundle } from "@sigstore/bundle";
import type { SignedEntity } from "@sigstore/verify";
import { readSigner } from "./certificate.ts";
import type { Context } from "./context.ts";
import { diagnose, signatureRefusal } from "./diagnose.ts";
import { isCheckableByDigest, readMessage } from "./message.ts";
import { checkPayloadType } from "./payload-type.ts";
import { isRefusal, malformed, quote, refuse, type Refusal } from "./refusal.ts";
import { claimedStatement, envelopeContent, type EnvelopeContent } from "./signed-content.ts";
import { configuredCandidates, findSigningKey, registryCandidates, type CandidateKey } from "./signing-key.ts";
import { succeed } from "./success.ts";
import { isKnownLog, isKnownTimestampAuthority, type ReadyTrust } from "./trust-material.ts";

/** A bundle on its way through the checks. */
interface Work {
  readonly entity: SignedEntity;
  /** Absent for a signature over the artifact itself. */
  readonly envelope?: EnvelopeContent;
  readonly claimed: Claimed;
  readonly warnings: readonly Warning[];
}

/** Authenticates a parsed bundle. `digests`: of the artifact, for a signature over the artifact itself. */
export async function authenticateBundle(
  bundle: Bundle,
  digests: DigestSet | undefined,
  context: Context,
  warnings: readonly Warning[],
): Promise<Authentication> {
  const { toSignedEntity } = await import("@sigstore/verify");
  const envelope = envelopeOf(bundle);
  const statement = envelope && claimedStatement(envelope);
  const message = bundle.content.$case === "messageSignature" ? bundle.content.messageSignature : undefined;
  const content = envelope ? envelopeContent(envelope) : message && readMessage(message, digests);
  if (content === undefined) return malformed("the bundle signs nothing");
  if (isRefusal(content)) return content;
  const entity: SignedEntity = { ...toSignedEntity(bundle), signature: content };
  const claimed: Claimed = statement === undefined ? {} : { statement };
  const work: Work = { entity, claimed, warnings, ...(envelope && { envelope }) };
  const result = entity.key.$case === "certificate" ? await byCertificate(work, context) : await byKey(work, context);
  if (result.ok || result.claimed !== undefined || statement === undefined) return result;
  return { ...result, claimed };
}

function envelopeOf({ content }: Bundle): EnvelopeContent | undefined {
  if (content.$case !== "dsseEnvelope") return undefined;
  const { payloadType, payload, signatures } = content.dsseEnvelope;
  return { payloadType, payload, signature: signatures[0]?.sig ?? Buffer.alloc(0) };
}

async function byCertificate(work: Work, context: Context): Promise<Authentication> {
  const { entity, envelope } = work;
  if (entity.key.$case !== "certificate") return malformed("the bundle has no certificate");
  const { certificate } = entity.key;
  const { crypto } = await import("@sigstore/core");
  const key = crypto.createPublicKey(certificate.publicKey);
  const signer = readSigner(certificate);
  const claimed: Claimed = signer === undefined ? work.claimed : { ...work.claimed, signer };
  const wrong = checkPayloadType(envelope, () => entity.signature.verifySignature(key)) ?? checkKeyKind(envelope, key);
  if (wrong !== undefined) return { ...wrong, claimed };
  const trust = await context.trust();
  const refused = check(entity, key, trust, () => trust.keyless.verify(entity));
  if (refused !== undefined) return { ...refused, claimed };
  if (signer !== undefined) return succeed({ ...work, ...payloadOf(envelope), signer });
  const message = "the certificate names no issuer, or not exactly one subject that is a URI or an e-mail address";
  return refuse("certificate", "unprovable", "certificate-identity", message, { claimed });
}

async function byKey(work: Work, context: Context): Promise<Authentication> {
  const { entity, envelope, claimed } = work;
  const hint = entity.key.$case === "public-key" ? entity.key.hint : "";
  const configured = configuredCandidates(context.keys, hint);
  let chosen = findSigningKey(configured, entity.signature);
  let candidates = configured;
  if (chosen === undefined) {
    const { registryKeys } = await context.trust();
    candidates = [...configured, ...registryCandidates(registryKeys, hint, claimed.statement)];
    chosen = findSigningKey(candidates, entity.signature);
  }
  const wrong = checkPayloadType(envelope, () => chosen !== undefined || candidates.length === 0);
  if (wrong !== undefined) return wrong;
  if (candidates.length === 0) return keyUnknown(hint);
  if (chosen === undefined) {
    const unsupported = candidates.map(({ publicKey }) => checkKeyKind(envelope, publicKey)).find(Boolean);
    return unsupported ?? signatureRefusal();
  }
  return await verifyChosenKey(work, chosen, context);
}

async function verifyChosenKey(work: Work, chosen: CandidateKey, context: Context): Promise<Authentication> {
  const { signer, publicKey } = chosen;
  const done = { ...work, ...payloadOf(work.envelope), signer };
  const { entity: given } = work;
  // The user vouches for a configured key, so log and time are a bonus: only what can be checked is.
  const isConfigured = signer.scope === "configured";
  if (isConfigured && given.tlogEntries.length + given.timestamps.length === 0)
    return succeed({ ...done, entity: given });
  const trust = await context.trust();
  const entity = isConfigured ? keepKnown(given, trust) : given;
  const threshold = isConfigured ? 0 : 1;
  const verifier = trust.withKey(chosen, { tlogThreshold: threshold, timestampThreshold: threshold });
  const refused = check(entity, publicKey, trust, () => verifier.verify(entity), !isConfigured);
  return refused === undefined ? succeed({ ...done, entity }) : { ...refused, claimed: { ...work.claimed, signer } };
}

function keepKnown(entity: SignedEntity, { material }: ReadyTrust): SignedEntity {
  return {
    ...entity,
    tlogEntries: entity.tlogEntries.filter((entry) => isKnownLog(entry, material)),
    timestamps: entity.timestamps.filter((timestamp) =>
      timestamp.$case === "timestamp-authority"
        ? isKnownTimestampAuthority(timestamp, material)
        : isKnownLog(timestamp.tlogEntry, material),
    ),
  };
}

function check(
  entity: SignedEntity,
  key: KeyObject,
  trust: ReadyTrust,
  run: () => unknown,
  needsLog = true,
): Refusal | undefined {
  try {
    run();
    return undefined;
  } catch {
    return (
      diagnose(entity, key, trust, needsLog) ??
      malformed("the bundle does not verify, for a reason that cannot be told")
    );
  }
}

function checkKeyKind(envelope: EnvelopeContent | undefined, key: KeyObject): Refusal | undefined {
  if (envelope !== undefined || isCheckableByDigest(key)) return undefined;
  const kind = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? "unknown";
  const message = `a signature over the artifact itself by a key of kind ${kind} cannot be checked from a digest`;
  return refuse("bundle", "unprovable", "message-signature-unsupported", message);
}

function keyUnknown(hint: string): Refusal {
  const message = `the trust root holds no key ${quote(hint)}`;
  return refuse("certificate", "unprovable", "key-unknown", message, {
    hint: "Give the public key, or the registry's keys.json, that this key id belongs to.",
  });
}

function payloadOf(envelope: EnvelopeContent | undefined): { readonly payload?: Uint8Array } {
  return envelope === undefined ? {} : { payload: envelope.payload };
}
