/** What a caller of the kit can get wrong. */
export type TestkitErrorCode =
  | "BUNDLE_VERSION_UNSUPPORTED"
  | "LOG_ENTRY_UNSUPPORTED"
  | "CERTIFICATE_REQUEST_INVALID"
  | "ARCHIVE_MALFORMED"
  | "REPLAY_CONFLICT";

/** The one error of this package: the message names the value, the hint says what to do. */
export class TestkitError extends Error {
  static {
    this.prototype.name = "TestkitError";
  }
  readonly code: TestkitErrorCode;
  readonly hint: string | undefined;

  constructor(code: TestkitErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
