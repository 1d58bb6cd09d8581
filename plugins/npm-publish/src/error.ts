import type { Problem } from "@colophon/core";

/**
 * USAGE: the command line is at fault.
 * NOTHING_TO_PUBLISH: no package of the project is published.
 * PACKAGE_UNFIT: packages are not what was meant, or nobody could install or verify them; `problems` has each.
 * BUNDLE_REFUSED: this publisher, or this build, cannot hand our bundle to the registry.
 */
export type PublishErrorCode = "USAGE" | "NOTHING_TO_PUBLISH" | "PACKAGE_UNFIT" | "BUNDLE_REFUSED";

/** The one error of this package. This command has published nothing when it is thrown. */
export class PublishError extends Error {
  static {
    this.prototype.name = "PublishError";
  }
  readonly code: PublishErrorCode;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];

  constructor(
    code: PublishErrorCode,
    message: string,
    { hint, problems = [] }: { readonly hint?: string; readonly problems?: readonly Problem[] } = {},
  ) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.problems = problems;
  }
}

export function usage(message: string, hint = "See colophon-npm-publish --help."): PublishError {
  return new PublishError("USAGE", message, { hint });
}
