/** Something could not be reached: exit code 3, as running again may do. */
export class IncompleteError extends Error {
  static {
    this.prototype.name = "IncompleteError";
  }
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
