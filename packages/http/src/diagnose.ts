import { PRIVATE_ADDRESS } from "./addresses.ts";
import { privateAddress } from "./admission.ts";
import type { Cut } from "./deadline.ts";
import { showUrl, type HttpFailure } from "./failure.ts";

const TLS_CODE = /CERT|ISSUER|SIGNATURE|^ERR_(SSL|TLS)|^EPROTO$|^UND_ERR_PRX_TLS$/;
const STALLED = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/** What a failed attempt met. Of the error only its code is told: messages of libraries may repeat headers and URLs. */
export function diagnose(error: unknown, url: URL): HttpFailure {
  const code = codeOf(error);
  const shown = showUrl(url);
  if (code === PRIVATE_ADDRESS) return privateAddress(url);
  if (TLS_CODE.test(code)) {
    const hint = "Check the certificate; a private authority has to be configured (ca).";
    return { code: "tls", message: `${shown}: no trusted TLS connection (${code})`, hint };
  }
  if (STALLED.has(code)) return timedOut(url);
  if (code === "UND_ERR_HEADERS_OVERFLOW" || (error instanceof Error && error.name === "HTTPParserError")) {
    return { code: "unreadable", message: `${shown} does not answer in HTTP that can be read`, hint: "Check the URL." };
  }
  const hint = "Check the network, the proxy and the name of the host.";
  return { code: "unreachable", message: `${shown} could not be reached, or broke off (${code})`, hint };
}

/** What an attempt that was cut short is said to be. */
export function cutShort(cut: Cut, url: URL): HttpFailure {
  if (cut === "timed-out") return timedOut(url);
  return { code: "aborted", message: `${showUrl(url)}: the request was given up` };
}

function timedOut(url: URL): HttpFailure {
  const message = `${showUrl(url)} gave no whole answer in time`;
  return { code: "timed-out", message, hint: "Try again later, or allow more time." };
}

function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]{1,60}$/.test(code)) return code;
  return cause === undefined ? "unknown error" : codeOf(cause);
}
