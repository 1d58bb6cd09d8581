import type { HttpFailure } from "./failure.ts";

/** OPTION_INVALID: the caller's own mistake. BODY_INTERRUPTED: thrown into the reader of a streamed body. */
export type HttpErrorCode = "OPTION_INVALID" | "BODY_INTERRUPTED";

/**
 * The one error of this package. Requests that fail do not throw it: they answer with `HttpFailed`.
 * `failure` tells a BODY_INTERRUPTED apart, and is what the request will answer.
 */
export class HttpError extends Error {
  static {
    this.prototype.name = "HttpError";
  }
  readonly code: HttpErrorCode;
  readonly hint: string | undefined;
  readonly failure: HttpFailure | undefined;

  constructor(code: HttpErrorCode, message: string, options: { hint?: string; failure?: HttpFailure } = {}) {
    super(message);
    this.code = code;
    this.hint = options.hint ?? options.failure?.hint;
    this.failure = options.failure;
  }
}
