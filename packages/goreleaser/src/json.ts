import { CoreError, parseStrictJson } from "@colophon/core";
import { GoreleaserError, type GoreleaserErrorCode } from "./error.ts";
import { findAlteredNumber } from "./numbers.ts";

/** In UTF-16 code units. A release of a thousand artifacts has about one million. */
const MAX_LENGTH = 16 * 1024 * 1024;

/**
 * Strict JSON (no duplicate keys, no `__proto__`) whose numbers come through unchanged; `what` names it in the message.
 * Throws the given code, or TOO_LARGE.
 */
export function parseJson(text: string, what: string, code: GoreleaserErrorCode): unknown {
  if (text.length > MAX_LENGTH) {
    throw new GoreleaserError("TOO_LARGE", `${what} has ${text.length} characters, more than ${MAX_LENGTH}`);
  }
  let value: unknown;
  try {
    value = parseStrictJson(text, what);
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    const { message, hint } = cause;
    throw new GoreleaserError(code, message, { ...(hint !== undefined && { hint }), cause });
  }
  const altered = findAlteredNumber(text);
  if (altered !== undefined) {
    throw new GoreleaserError(code, `${what} holds the number ${altered.slice(0, 80)}, which would not come back`);
  }
  return value;
}

/** JSON as Go's `encoding/json` writes it, so that a file that GoReleaser wrote comes back byte for byte. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
