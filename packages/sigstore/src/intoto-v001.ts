import { createPublicKey, X509Certificate, type KeyObject } from "node:crypto";
import { CoreError, objectAt, parseStrictJson, stringAt } from "@colophon/core";
import type { TrustMaterial } from "@sigstore/verify";
import { decodeUtf8 } from "./document.ts";
import type { Libraries } from "./libraries.ts";
import { refuse, type Refusal } from "./refusal.ts";
import type { Entity } from "./signed-content.ts";

type Entry = Entity["tlogEntries"][number];

/** Whether the only log entry is of the kind that cosign wrote until 2023, which `@sigstore/verify` does not know. */
export function isIntotoV001({ tlogEntries: [entry, ...others] }: Entity): boolean {
  const { kind, version } = entry?.kindVersion ?? {};
  return others.length === 0 && kind === "intoto" && version === "0.0.1";
}

/**
 * What is wrong with a log entry of kind `intoto` 0.0.1 (rekor, pkg/types/intoto/v0.0.1). It holds no signature, but
 * the hash of the whole envelope as cosign wrote it, the payload's hash and the signer's certificate or key: together
 * they bind all that is signed to the log's time. Only an inclusion promise is taken, as cosign keeps no proof.
 */
export function findIntotoV001Fault(
  entity: Entity,
  key: KeyObject,
  material: TrustMaterial,
  core: Libraries["core"],
): Refusal | undefined {
  const [entry] = entity.tlogEntries;
  if (entry?.inclusionPromise === undefined) {
    return broken("log-inclusion-missing", "an entry of kind intoto 0.0.1 has no inclusion promise");
  }
  if (entry.inclusionProof !== undefined) {
    const message = "an inclusion proof of an entry of kind intoto 0.0.1 is not supported";
    return refuse("log", "unprovable", "log-entry", `the log entry does not verify: ${message}`);
  }
  if (!isPromised(entry, entry.inclusionPromise.signedEntryTimestamp, material, core)) {
    return broken("log-promise", "inclusion promise could not be verified");
  }
  const fault = findBodyFault(readBody(entry.canonicalizedBody), entity, key);
  return fault === undefined ? undefined : broken("log-body", fault);
}

function broken(code: string, why: string): Refusal {
  return refuse("log", "broken", code, `the log entry does not verify: ${why}`);
}

/** The signed entry timestamp of the log, whose key must have been valid at the time that it states. */
function isPromised(
  { canonicalizedBody, integratedTime, logIndex, logId }: Entry,
  signature: Buffer,
  { tlogs }: TrustMaterial,
  { crypto, json }: Libraries["core"],
): boolean {
  const promised = {
    body: canonicalizedBody.toString("base64"),
    integratedTime: Number(integratedTime),
    logIndex: Number(logIndex),
    logID: logId.keyId.toString("hex"),
  };
  const data = Buffer.from(json.canonicalize(promised), "utf8");
  const time = new Date(promised.integratedTime * 1000);
  return tlogs
    .filter(({ logID, validFor }) => logID.equals(logId.keyId) && validFor.start <= time && time <= validFor.end)
    .some(({ publicKey }) => crypto.verify(data, publicKey, signature));
}

/** Undefined where it is no JSON. */
function readBody(bytes: Buffer): unknown {
  try {
    return parseStrictJson(decodeUtf8(bytes) ?? "", "the log entry");
  } catch (error) {
    if (error instanceof CoreError) return undefined;
    throw error;
  }
}

function findBodyFault(body: unknown, { key, signature }: Entity, publicKey: KeyObject): string | undefined {
  if (stringAt(body, "kind") !== "intoto" || stringAt(body, "apiVersion") !== "0.0.1") return "kind/version mismatch";
  const spec = objectAt(body, "spec");
  const content = objectAt(spec, "content");
  const envelopeHash = readHash(content, "hash");
  if (envelopeHash === undefined || !signature.compareEnvelopeDigest(envelopeHash)) return "envelope hash mismatch";
  if (objectAt(content, "payloadHash") !== undefined) {
    const payloadHash = readHash(content, "payloadHash");
    if (payloadHash === undefined || !signature.compareDigest(payloadHash)) return "payload hash mismatch";
  }
  const logged = Buffer.from(stringAt(spec, "publicKey") ?? "", "base64").toString("latin1");
  const isSigner =
    key.$case === "certificate" ? isCertificate(logged, key.certificate.root.toDER()) : isKey(logged, publicKey);
  return isSigner ? undefined : "the logged certificate or key is not the signer's";
}

function readHash(content: unknown, name: string): Buffer | undefined {
  const hash = objectAt(content, name);
  const value = stringAt(hash, "value") ?? "";
  const isSha256 = stringAt(hash, "algorithm") === "sha256" && /^[0-9a-f]{64}$/.test(value);
  return isSha256 ? Buffer.from(value, "hex") : undefined;
}

function isCertificate(pem: string, der: Buffer): boolean {
  try {
    return new X509Certificate(pem).raw.equals(der);
  } catch {
    return false;
  }
}

function isKey(pem: string, key: KeyObject): boolean {
  try {
    return createPublicKey(pem).equals(key);
  } catch {
    return false;
  }
}
