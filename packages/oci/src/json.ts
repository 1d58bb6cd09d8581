import { CoreError, parseStrictJson } from "@colophon/core";
import { OciError } from "./error.ts";

/** Reads strict JSON in UTF-8; `where` names it in the message. Throws MANIFEST_INVALID. */
export function parseJson(bytes: Uint8Array, where: string): unknown {
  try {
    return parseStrictJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), where);
  } catch (cause) {
    const message = cause instanceof CoreError ? cause.message : `${where} is not UTF-8`;
    throw new OciError("MANIFEST_INVALID", message, { cause });
  }
}

/** The same for what is handed on in any case: undefined where it is no such JSON. */
export function readJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes, "the attestation");
  } catch (error) {
    if (error instanceof OciError) return undefined;
    throw error;
  }
}
