import { createPublicKey, X509Certificate } from "node:crypto";
import { arrayAt, isObject, objectAt, stringAt, type EnvelopeKey, type JsonObject, type NotDone } from "@colophon/core";
import { isCanonicalBase64 } from "../base64.ts";
import { AnswerFault, parseJson } from "./answer.ts";
import { refused } from "./not-done.ts";
import { schemeOf, type Scheme } from "./scheme.ts";

/** A signature and the bytes that it is over: a file, or of an envelope the pre-authentication encoding. */
export interface Signed {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly signer: EnvelopeKey;
}

/** Bytes as protobuf JSON has them. Throws AnswerFault for anything but canonical base64. */
export function base64At(value: unknown, key: string): string {
  return checkBase64(stringAt(value, key), key);
}

export function checkBase64(text: string | undefined, what: string): string {
  if (text === undefined || text === "" || !isCanonicalBase64(text)) throw new AnswerFault(`its ${what} is not base64`);
  return text;
}

/** A whole number from 0 up, as protobuf JSON writes 64 bits: a string. JSON numbers are taken too. */
export function countAt(value: unknown, key: string, absent?: string): string {
  const found = isObject(value) && Object.hasOwn(value, key) ? value[key] : absent;
  const text = typeof found === "number" && Number.isSafeInteger(found) ? String(found) : found;
  if (typeof text !== "string" || !/^(0|[1-9]\d{0,18})$/.test(text)) throw new AnswerFault(`its ${key} is not a count`);
  return text;
}

/** Throws AnswerFault where the list is absent, holds something else than text, or is longer than any proof. */
export function textsAt(value: unknown, key: string): readonly string[] {
  const found = arrayAt(value, key) ?? [];
  const texts = found.filter((one) => typeof one === "string");
  if (texts.length !== found.length || texts.length > 64) throw new AnswerFault(`its ${key} are not hashes`);
  return texts;
}

export function checkpointOf(text: string | undefined): JsonObject {
  if (text === undefined || text === "") throw new AnswerFault("its inclusion proof has no checkpoint");
  return { envelope: text };
}

/** `spec` of a canonicalised body, which says what the entry is about. Throws AnswerFault for another kind or version. */
export function specOf(base64: string, kind: string, version: string): JsonObject {
  const value = parseJson(Buffer.from(base64, "base64"), "the body of its entry");
  const spec = objectAt(value, "spec");
  if (stringAt(value, "kind") !== kind || stringAt(value, "apiVersion") !== version || spec === undefined) {
    throw new AnswerFault(`its entry is not a ${kind} ${version}`);
  }
  return spec;
}

/** The key or certificate with which the entry is to be verified, DER. */
export function verifierOf(signer: EnvelopeKey): Uint8Array {
  return signer.kind === "certificate" ? signer.certificate : signer.publicKey;
}

/** How that key or certificate is signed with; undefined for a kind that nothing here signs with. */
export function signerSchemeOf(signer: EnvelopeKey): Scheme | undefined {
  return schemeOf(
    signer.kind === "certificate"
      ? new X509Certificate(signer.certificate).publicKey
      : createPublicKey({ key: Buffer.from(signer.publicKey), format: "der", type: "spki" }),
  );
}

/** The log cannot take a signature by such a key, whatever the envelope. */
export function refuseKeyKind(host: string, scheme: Scheme | undefined, instead: string): NotDone {
  const message = `${host} has no way to log a signature by a key of this kind: ${scheme?.name ?? "unknown"}`;
  return refused("log-key-kind", message, instead);
}

export function notOurs(what: string): AnswerFault {
  return new AnswerFault(`its entry is about another envelope (${what})`);
}

/** A key or certificate as Rekor v1 takes it: PEM, in base64 once more. */
export function toEncodedPem(signer: EnvelopeKey): string {
  const label = signer.kind === "certificate" ? "CERTIFICATE" : "PUBLIC KEY";
  const lines =
    Buffer.from(verifierOf(signer))
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  const pem = `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
  return Buffer.from(pem).toString("base64");
}

/** Whether that is the key or certificate in the log's words, which may break lines elsewhere. */
export function isEncodedPem(text: string | undefined, signer: EnvelopeKey): boolean {
  const pem = Buffer.from(text ?? "", "base64").toString("utf8");
  return Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64").equals(verifierOf(signer));
}
