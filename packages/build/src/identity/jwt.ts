import { CoreError, isObject, parseStrictJson, type JsonObject } from "@colophon/core";

/** Characters: GitLab lists up to 200 groups in a token. */
const LONGEST_JWT = 65_536;

/**
 * The claims of a JWT in compact form (RFC 7519 §7.2), or why there are none. The signature is not checked: whoever the
 * token is for does that. What is said of the fault repeats nothing of the token.
 */
export function readClaims(jwt: string): { readonly claims: JsonObject } | { readonly fault: string } {
  if (jwt === "") return { fault: "is empty" };
  if (jwt.length > LONGEST_JWT) return { fault: `is longer than ${LONGEST_JWT} characters` };
  const parts = jwt.split(".");
  if (parts.length !== 3) return { fault: `is no JWT: it has ${parts.length} parts, not three` };
  const [header = "", payload = "", signature = ""] = parts;
  if (readObject(header) === undefined) return { fault: "is no JWT: its header is not JSON in base64url" };
  const claims = readObject(payload);
  if (claims === undefined) return { fault: "is no JWT: its claims are not JSON in base64url" };
  if (signature === "" || decode(signature) === undefined) return { fault: "is no JWT: it has no signature" };
  return { claims };
}

function readObject(part: string): JsonObject | undefined {
  const bytes = decode(part);
  if (bytes === undefined) return undefined;
  try {
    const value = parseStrictJson(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
      "the token",
    );
    return isObject(value) ? value : undefined;
  } catch (error) {
    // A parser's message quotes what it stumbled over, so it is not kept even as a cause.
    if (error instanceof CoreError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Only the one canonical spelling of the bytes. */
function decode(part: string): Uint8Array | undefined {
  const bytes = Buffer.from(part, "base64url");
  return bytes.toString("base64url") === part ? bytes : undefined;
}
