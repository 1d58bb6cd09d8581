import { CoreError, isObject, parseStrictJson, type JsonObject } from "@colophon/core";
import { malformed, type Refusal } from "./refusal.ts";

/** Most bytes that are read as one attestation: twice what GitHub stores. */
export const MAX_ATTESTATION_BYTES: number = 32 * 1024 * 1024;

/** An attestation's JSON, told apart by the fields that each form must have. */
export interface Document {
  readonly form: "bundle" | "envelope" | "statement";
  readonly value: JsonObject;
}

/** Reads the text of a Sigstore bundle, a DSSE envelope or a bare in-toto statement. */
export function readDocument(bytes: Uint8Array): Document | Refusal {
  if (bytes.byteLength > MAX_ATTESTATION_BYTES) {
    return malformed(`the attestation has ${bytes.byteLength} bytes, more than ${MAX_ATTESTATION_BYTES}`);
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) return malformed("the attestation is not JSON: it is not UTF-8 text");
  try {
    const value = parseStrictJson(text, "the attestation");
    const form = formOf(value);
    if (isObject(value) && form !== undefined) return { form, value };
  } catch (error) {
    if (error instanceof CoreError) return malformed(error.message);
    throw error;
  }
  return malformed("the attestation is JSON, but neither a Sigstore bundle nor a DSSE envelope");
}

/** Which form a parsed value claims to have; undefined: none of them. */
export function formOf(value: unknown): Document["form"] | undefined {
  if (!isObject(value)) return undefined;
  const has = (key: string): boolean => Object.hasOwn(value, key);
  if (has("mediaType") || has("verificationMaterial") || has("dsseEnvelope") || has("messageSignature")) {
    return "bundle";
  }
  if (has("payloadType") || has("payload")) return "envelope";
  return has("_type") ? "statement" : undefined;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Undefined where the bytes are not UTF-8; a byte order mark is kept, so that JSON refuses it. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
