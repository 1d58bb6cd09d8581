import { CoreError, parseStatement, stringAt, type Claimed, type Statement } from "@colophon/core";
import { decodeUtf8 } from "./document.ts";

/** The statement in a payload, or why it is none. */
export type StatementReading = Statement | { readonly fault: string };

export function readStatement(payload: Uint8Array): StatementReading {
  const text = decodeUtf8(payload);
  if (text === undefined) return { fault: "not an in-toto statement: it is not UTF-8 text" };
  try {
    return parseStatement(text);
  } catch (error) {
    if (error instanceof CoreError) return { fault: error.message };
    throw error;
  }
}

/** What the payload says without proving it. */
export function claimOf(statement: StatementReading | undefined): Claimed {
  return statement === undefined || "fault" in statement ? {} : { statement };
}

/** The same of an envelope's payload that is not taken apart otherwise. */
export function claimOfPayload(envelope: unknown): { readonly claimed: Claimed } {
  return { claimed: claimOf(readStatement(Buffer.from(stringAt(envelope, "payload") ?? "", "base64"))) };
}
