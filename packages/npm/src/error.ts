/**
 * NPMRC_UNREADABLE: a file of npm's configuration is there but cannot be read.
 * NPM_CONFIG_INVALID: npm's configuration holds something that npm, or this package, cannot use.
 * ANSWER_UNREADABLE: a registry's answer is not what it should be. Inventory and store turn it into values.
 */
export type NpmErrorCode = "NPMRC_UNREADABLE" | "NPM_CONFIG_INVALID" | "ANSWER_UNREADABLE";

/** The one error of this package: the message names the value, never a credential; the hint says what to do. */
export class NpmError extends Error {
  static {
    this.prototype.name = "NpmError";
  }
  readonly code: NpmErrorCode;
  readonly hint: string | undefined;

  constructor(code: NpmErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
