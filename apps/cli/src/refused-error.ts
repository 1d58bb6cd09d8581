/** A registry or another place refuses what was asked for: exit code 1. */
export class RefusedError extends Error {
  static {
    this.prototype.name = "RefusedError";
  }
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
