import { fromBase64, toBase64 } from "./base64.ts";
import { CoreError } from "./error.ts";
import type { EnvelopeKey, SignedEnvelope, Testimony } from "./signing-ports.ts";
import { arrayAt, isObject, objectAt, parseStrictJson, stringAt, type JsonObject } from "./strict-json.ts";

/** A signed envelope and what vouches for it so far: written before a log is asked, so that a later run signs nothing twice. */
export interface Draft {
  readonly envelope: SignedEnvelope;
  readonly testimony: readonly Testified[];
}

/** What a witness said, and which one: it is not asked again, and no other is taken for it. */
export interface Testified {
  /** Name of the witness. */
  readonly by: string;
  readonly said: Testimony;
}

export function formatDraft({ envelope, testimony }: Draft): string {
  const { payloadType, payload, signature, keyId, signer } = envelope;
  const value = {
    payloadType,
    payload: toBase64(payload),
    signature: toBase64(signature),
    keyId,
    signer:
      signer.kind === "certificate"
        ? { certificate: toBase64(signer.certificate), expiresAt: signer.expiresAt }
        : { publicKey: toBase64(signer.publicKey) },
    testimony: testimony.map(({ by, said }) => ({
      by,
      ...(said.kind === "log" ? { entry: said.entry } : { response: toBase64(said.response) }),
    })),
  };
  return `${JSON.stringify(value)}\n`;
}

/** Reads what `formatDraft` wrote. Throws DRAFT_MALFORMED, or JSON_INVALID for text that is not strict JSON. */
export function parseDraft(text: string): Draft {
  const value = parseStrictJson(text, "the draft");
  if (!isObject(value)) throw malformed("it is not an object");
  return {
    envelope: {
      payloadType: textAt(value, "payloadType"),
      payload: bytesAt(value, "payload"),
      signature: bytesAt(value, "signature"),
      keyId: textAt(value, "keyId"),
      signer: parseKey(objectAt(value, "signer") ?? {}),
    },
    testimony: (arrayAt(value, "testimony") ?? []).map(parseTestified),
  };
}

function parseKey(value: JsonObject): EnvelopeKey {
  if (value["publicKey"] !== undefined) return { kind: "key", publicKey: bytesAt(value, "publicKey") };
  const expiresAt = textAt(value, "expiresAt");
  if (Number.isNaN(Date.parse(expiresAt))) throw malformed("signer.expiresAt is not a time");
  return { kind: "certificate", certificate: bytesAt(value, "certificate"), expiresAt };
}

function parseTestified(value: unknown): Testified {
  if (!isObject(value)) throw malformed("testimony is not an object");
  const by = textAt(value, "by");
  const entry = objectAt(value, "entry");
  if (entry !== undefined) return { by, said: { kind: "log", entry } };
  return { by, said: { kind: "timestamp", response: bytesAt(value, "response") } };
}

function textAt(value: JsonObject, key: string): string {
  const text = stringAt(value, key);
  if (text === undefined) throw malformed(`${key} is not a string`);
  return text;
}

function bytesAt(value: JsonObject, key: string): Uint8Array {
  const bytes = fromBase64(textAt(value, key));
  if (bytes === undefined) throw malformed(`${key} is not base64`);
  return bytes;
}

function malformed(why: string): CoreError {
  return new CoreError("DRAFT_MALFORMED", `not the draft of an attestation: ${why}`, {
    hint: "Delete the draft; what it holds is signed anew.",
  });
}
