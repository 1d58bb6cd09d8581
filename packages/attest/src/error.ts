/**
 * What can keep an emission from being prepared. What a service does while sealing is told in the receipt.
 * NOT_READY: a place for attestations would refuse them. NOT_REACHED: one could not be asked; a later run completes.
 */
export type AttestErrorCode =
  | "SUBJECTS_MISSING"
  | "SUBJECT_CONFLICT"
  | "SUBJECT_WEAK"
  | "STATEMENT_TOO_LARGE"
  | "PUBLIC_LOG"
  | "NOT_READY"
  | "NOT_REACHED";

/** The one error of this package: the message names the value, the hint says what to do. */
export class AttestError extends Error {
  static {
    this.prototype.name = "AttestError";
  }
  readonly code: AttestErrorCode;
  readonly hint: string | undefined;

  constructor(code: AttestErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
