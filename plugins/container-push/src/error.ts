/**
 * USAGE: the command line is at fault.
 * OUTPUT_UNREADABLE: what a builder wrote cannot be read, or is too large to be that.
 */
export type ContainerPushErrorCode = "USAGE" | "OUTPUT_UNREADABLE";

/** The one error of this package. Nothing was signed when it is thrown. */
export class ContainerPushError extends Error {
  static {
    this.prototype.name = "ContainerPushError";
  }
  readonly code: ContainerPushErrorCode;
  readonly hint: string | undefined;

  constructor(code: ContainerPushErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

export function usage(message: string, hint = "See colophon-container-push --help."): ContainerPushError {
  return new ContainerPushError("USAGE", message, { hint });
}
