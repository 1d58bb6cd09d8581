/** What can be wrong with the data that this package reads. */
export type CoreErrorCode =
  | "DIGEST_INVALID"
  | "JSON_INVALID"
  | "PURL_INVALID"
  | "OBJECT_INVALID"
  | "STATEMENT_MALFORMED"
  | "PREDICATE_MALFORMED"
  | "DRAFT_MALFORMED"
  | "PLAN_MALFORMED"
  | "PATTERN_INVALID";

/** The one error of this package: the message names the value, the hint says what to do. */
export class CoreError extends Error {
  static {
    this.prototype.name = "CoreError";
  }
  readonly code: CoreErrorCode;
  readonly hint: string | undefined;

  constructor(code: CoreErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
