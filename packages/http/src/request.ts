import { HttpError } from "./error.ts";
import { showText, type HttpFailed } from "./failure.ts";

/** Sent only while the request's URL is inside `scope`, a URL prefix (origin and path). */
export interface Credentials {
  /** Value of the `authorization` header. */
  readonly authorization: string;
  readonly scope: string;
}

export type Method = "GET" | "HEAD" | "POST" | "PUT";

export interface HttpRequest {
  readonly url: string;
  /**
   * Default GET. A POST or PUT is repeated after a failure as a GET is: what it asks for must bear that. It follows no
   * redirect.
   */
  readonly method?: Method;
  /** Of a POST or PUT, and with every one; it may hold secrets, and no message repeats any of it. */
  readonly body?: { readonly bytes: Uint8Array; readonly mediaType: string };
  readonly accept?: string;
  /** Nothing secret: `authorization` and `cookie` are refused. Dropped once a redirect leaves the origin. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: Credentials;
  /** Bytes; caps the wire and the decompressed body alike. */
  readonly maxBytes: number;
  /** Bounds each attempt on its own, from connecting to the last byte. Default 60,000. */
  readonly timeoutMs?: number;
  /** Attempts after the first, over all redirects together. Default 3. */
  readonly retries?: number;
  /** Status codes to retry besides 408, 429, 500, 502, 503 and 504. */
  readonly retryOn?: readonly number[];
  readonly signal?: AbortSignal;
}

/** An answer with any status, 404 and 500 included: the caller judges it. */
export interface HttpHead {
  readonly outcome: "answered";
  readonly code: number;
  /** Lower-case names; repeated headers are joined with `, `; `set-cookie` is left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** The final URL, after redirects. */
  readonly url: string;
  readonly from: "network" | "cache";
}

export type HttpAnswer = (HttpHead & { readonly bytes: Uint8Array }) | HttpFailed;

/** A request that holds what the rest of this package relies on. */
export interface CheckedRequest extends HttpRequest {
  readonly method: Method;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly retries: number;
}

const REFUSED_HEADERS = new Set(["authorization", "cookie", "proxy-authorization", "host"]);

/** Fills in the defaults and lower-cases header names. Throws OPTION_INVALID, which never repeats a header's value. */
export function checkRequest(request: HttpRequest): CheckedRequest {
  const { maxBytes, timeoutMs = 60_000, retries = 3 } = request;
  if (!(maxBytes >= 0)) throw new HttpError("OPTION_INVALID", `maxBytes ${maxBytes} is not a number of bytes`);
  if (!(timeoutMs > 0)) throw new HttpError("OPTION_INVALID", `timeoutMs ${timeoutMs} leaves no time`);
  const { method = "GET", body } = request;
  if (carriesBody(method) !== (body !== undefined))
    throw new HttpError("OPTION_INVALID", body ? `a ${method} carries no body` : `a ${method} needs a body`);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (REFUSED_HEADERS.has(name.toLowerCase())) {
      throw new HttpError("OPTION_INVALID", `the header "${name}" cannot be set by hand`, { hint: "Use credentials." });
    }
    headers[name.toLowerCase()] = printable(name, value);
  }
  if (body !== undefined) headers["content-type"] = printable("content-type", body.mediaType);
  if (request.accept !== undefined) headers["accept"] = printable("accept", request.accept);
  if (request.credentials && !isPrintable(request.credentials.authorization)) throw unsendable(request.url);
  return { ...request, method, headers, timeoutMs, retries };
}

/** What is sent so is meant for the host that it was written for. */
export function carriesBody(method: Method): boolean {
  return method === "POST" || method === "PUT";
}

function printable(name: string, value: string): string {
  if (isPrintable(value)) return value;
  throw new HttpError("OPTION_INVALID", `the header "${name}" has characters that no header can carry`);
}

function isPrintable(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

function unsendable(text: string): HttpError {
  const url = URL.parse(text);
  const asked = url?.host ? `${url.protocol}//${url.host}` : showText(text);
  const message = `the authorization for ${asked} has characters that no header can carry`;
  const hint = "Check the token configured for it: a line break or another stray character may have been copied along.";
  return new HttpError("OPTION_INVALID", message, { hint });
}
