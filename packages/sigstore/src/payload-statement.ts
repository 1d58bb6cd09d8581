import { CoreError, parseStatement, type Statement } from "@colophon/core";
import { decodeUtf8 } from "./document.ts";

/** The statement in a payload, or why it is none. */
export function readStatement(payload: Uint8Array): Statement | { readonly fault: string } {
  const text = decodeUtf8(payload);
  if (text === undefined) return { fault: "not an in-toto statement: it is not UTF-8 text" };
  try {
    return parseStatement(text);
  } catch (error) {
    if (error instanceof CoreError) return { fault: error.message };
    throw error;
  }
}
