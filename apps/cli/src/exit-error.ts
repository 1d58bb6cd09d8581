/**
 * A failure with an exit code of its own. `incomplete`: something could not be reached, and running again may do;
 * `notMet`: a registry or another place refuses what was asked for.
 */
export class ExitError extends Error {
  static {
    this.prototype.name = "ExitError";
  }
  readonly exit: "notMet" | "incomplete";
  readonly code: string;
  readonly hint: string | undefined;

  constructor(
    exit: ExitError["exit"],
    code: string,
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exit = exit;
    this.code = code;
    this.hint = options.hint;
  }
}
