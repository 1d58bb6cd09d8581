/** Why no answer can be passed on. Only `unreachable` is worth another attempt. */
export type HttpFailureCode =
  | "offline"
  | "unreachable"
  | "timed-out"
  | "too-large"
  | "tls"
  | "url-refused"
  | "redirect-refused"
  | "private-address"
  | "budget-spent"
  | "rate-limited"
  | "aborted"
  | "unreadable";

/** Never holds a header, a token, user info or a query. `retryAfterSeconds` comes with `rate-limited` alone. */
export interface HttpFailure {
  readonly code: HttpFailureCode;
  readonly message: string;
  readonly hint?: string;
  readonly retryAfterSeconds?: number;
}

/** No answer: plain data, never thrown. */
export interface HttpFailed {
  readonly outcome: "failed";
  readonly reason: HttpFailure;
}

export function failed(reason: HttpFailure): HttpFailed {
  return { outcome: "failed", reason };
}

const LONGEST_SHOWN = 300;

/** The URL as messages may show it: without user info, query and fragment, at most 300 characters. */
export function showUrl(url: URL): string {
  return shorten(`${url.protocol}//${url.host}${url.pathname}`);
}

/** The same for text that need not be a URL: what could be user info goes, whatever its shape, and so do controls. */
export function showText(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === "https:" || url?.protocol === "http:") return showUrl(url);
  const [bare = ""] = text.split(/[?#]/, 1);
  // eslint-disable-next-line no-control-regex
  const printable = bare.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, "");
  return shorten(printable.replace(/^.*@/, ""));
}

function shorten(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
