/**
 * NPMRC_UNREADABLE: a file of npm's configuration is there but cannot be read.
 * NPM_CONFIG_INVALID: npm's configuration holds something that npm, or this package, cannot use.
 * ANSWER_UNREADABLE: a registry's answer is not what it should be. Inventory and store turn it into values.
 * TARBALL_UNREADABLE: a file is no package tarball, or is past the limits.
 * MANIFEST_MISSING: there is no package.json.
 * MANIFEST_INVALID: a package.json is not what npm could publish.
 * OUTPUT_UNREADABLE: what a publisher printed, or wrote, tells of no package.
 * TOOL_NOT_FOUND: npm or pnpm is not on PATH.
 * TOOL_FAILED: npm or pnpm ended with a fault, or did not do what it was started for.
 * TOOL_STOPPED: npm or pnpm was ended from here: by its time limit, an abort or a signal.
 * DIGEST_UNUSABLE: what is expected of a tarball cannot be compared with its bytes.
 */
export type NpmErrorCode =
  | "NPMRC_UNREADABLE"
  | "NPM_CONFIG_INVALID"
  | "ANSWER_UNREADABLE"
  | "TARBALL_UNREADABLE"
  | "MANIFEST_MISSING"
  | "MANIFEST_INVALID"
  | "OUTPUT_UNREADABLE"
  | "TOOL_NOT_FOUND"
  | "TOOL_FAILED"
  | "TOOL_STOPPED"
  | "DIGEST_UNUSABLE";

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
