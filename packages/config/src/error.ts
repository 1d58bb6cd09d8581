/** What can be wrong with a configuration. */
export type ConfigErrorCode =
  | "CONFIG_UNREADABLE"
  | "CONFIG_INVALID"
  | "CONFIG_EXTENDS"
  | "SIGNING_SERVICES"
  | "DEPOSIT_UNKNOWN";

/** The one error of this package: the message names file and place, the hint says what to do. */
export class ConfigError extends Error {
  static {
    this.prototype.name = "ConfigError";
  }
  readonly code: ConfigErrorCode;
  readonly hint: string | undefined;

  constructor(code: ConfigErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
