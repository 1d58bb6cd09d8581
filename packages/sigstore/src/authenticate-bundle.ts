import type { KeyObject } from "node:crypto";
import type { Authentication, Claimed, DigestSet, Warning } from "@colophon/core";
import type { Bundle } from "@sigstore/bundle";
import { readSigner } from "./certificate.ts";
import type { Context } from "./context.ts";
import { signatureRefusal } from "./diagnose.ts";
import { loadLibraries } from "./libraries.ts";
import { isCheckableByDigest, readMessage } from "./message.ts";
import { claimOf, readStatement, type StatementReading } from "./payload-statement.ts";
import { checkPayloadType } from "./payload-type.ts";
import { rememberCertificate } from "./remember-certificate.ts";
import { isRefusal, malformed, quote, refuse, type Refusal } from "./refusal.ts";
import { envelopeContent, type Entity, type EnvelopeContent } from "./signed-content.ts";
import { configuredCandidates, findSigningKey, registryCandidates, type CandidateKey } from "./signing-key.ts";
import { succeed } from "./success.ts";
import { verifyEntity, type Verify } from "./verify-entity.ts";
import { withoutTraces } from "./without-traces.ts";
import { instanceOf, isKnownLog, isKnownTimestampAuthority, type ReadyInstance } from "./trust-material.ts";

/** A bundle on its way through the checks. */
interface Work {
  readonly entity: Entity;
  /** Absent for a signature over the artifact itself. */
  readonly envelope?: EnvelopeContent;
  /** What the envelope's payload says; absent likewise. */
  readonly statement?: StatementReading;
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
  const { verify } = await loadLibraries();
  const envelope = envelopeOf(bundle);
  const reading = envelope && readStatement(envelope.payload);
  const claimed = claimOf(reading);
  const message = bundle.content.$case === "messageSignature" ? bundle.content.messageSignature : undefined;
  const content = envelope ? envelopeContent(envelope) : message && readMessage(message, digests);
  if (content === undefined) return malformed("the bundle signs nothing");
  if (isRefusal(content)) return content;
  const entity: Entity = { ...withoutTraces(() => verify.toSignedEntity(bundle)), signature: content };
  const work: Work = {
    entity,
    claimed,
    warnings,
    ...(envelope && { envelope }),
    ...(reading && { statement: reading }),
  };
  const result = entity.key.$case === "certificate" ? await byCertificate(work, context) : await byKey(work, context);
  if (result.ok || result.claimed !== undefined || claimed.statement === undefined) return result;
  return { ...result, claimed };
}

function envelopeOf({ content }: Bundle): EnvelopeContent | undefined {
  if (content.$case !== "dsseEnvelope") return undefined;
  const { payloadType, payload, signatures } = content.dsseEnvelope;
  return { payloadType, payload, signature: signatures[0]?.sig ?? Buffer.alloc(0), keyId: signatures[0]?.keyid ?? "" };
}

async function byCertificate(work: Work, context: Context): Promise<Authentication> {
  const { entity, envelope } = work;
  if (entity.key.$case !== "certificate") return malformed("the bundle has no certificate");
  const { certificate } = entity.key;
  const { core } = await loadLibraries();
  rememberCertificate(certificate, core);
  // Asked for where something is wrong, and else not: the library makes one of its own.
  const key = (): KeyObject => core.crypto.createPublicKey(certificate.publicKey);
  const signer = readSigner(certificate);
  const claimed: Claimed = signer === undefined ? work.claimed : { ...work.claimed, signer };
  const wrong =
    checkPayloadType(envelope, () => entity.signature.verifySignature(key())) ?? checkKeyKind(envelope, key);
  if (wrong !== undefined) return { ...wrong, claimed };
  const instance = instanceOf(entity, await context.trust());
  const verify: Verify = (rest, logEntries) => instance.keyless(logEntries).verify(rest);
  const refused = verifyEntity(entity, key, instance, { verify, needsLog: instance.needsLog });
  if (refused !== undefined) return { ...refused, claimed };
  if (signer !== undefined) return succeed({ ...work, signer });
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
    const unsupported = candidates.map(({ publicKey }) => checkKeyKind(envelope, () => publicKey)).find(Boolean);
    return unsupported ?? signatureRefusal();
  }
  return await verifyChosenKey(work, chosen, context);
}

async function verifyChosenKey(work: Work, chosen: CandidateKey, context: Context): Promise<Authentication> {
  const { signer, publicKey } = chosen;
  const done = { ...work, signer };
  const { entity: given } = work;
  // The user vouches for a configured key, so log and time are a bonus: only what can be checked is.
  const isConfigured = signer.scope === "configured";
  if (isConfigured && given.tlogEntries.length + given.timestamps.length === 0)
    return succeed({ ...done, entity: given });
  const instance = instanceOf(given, await context.trust());
  const entity = isConfigured ? keepKnown(given, instance) : given;
  const threshold = isConfigured ? 0 : 1;
  const verify: Verify = (rest, logEntries) => {
    const tlogThreshold = Math.min(logEntries, threshold);
    instance.withKey(chosen, { tlogThreshold, timestampThreshold: threshold }).verify(rest);
  };
  const refused = verifyEntity(entity, () => publicKey, instance, { verify, needsLog: !isConfigured });
  return refused === undefined ? succeed({ ...done, entity }) : { ...refused, claimed: { ...work.claimed, signer } };
}

function keepKnown(entity: Entity, { material }: ReadyInstance): Entity {
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

function checkKeyKind(envelope: EnvelopeContent | undefined, toKey: () => KeyObject): Refusal | undefined {
  if (envelope !== undefined) return undefined;
  const key = toKey();
  if (isCheckableByDigest(key)) return undefined;
  const kind = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? "unknown";
  const message = `a signature over the artifact itself by a key of kind ${kind} cannot be checked from a digest`;
  return refuse("bundle", "unprovable", "message-signature-unsupported", message);
}

function keyUnknown(hint: string): Refusal {
  const message = `the trust root holds no key ${quote(hint)}`;
  return refuse("signature", "unprovable", "key-unknown", message, {
    hint: "Give the public key, or the registry's keys.json, that this key id belongs to.",
  });
}
