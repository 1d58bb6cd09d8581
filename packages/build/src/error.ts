/**
 * As results name them, so that a flow passes them on as they are.
 * `no-id-token`, `no-id-token-fork`: there is no identity token to be had here, the latter whatever the workflow grants.
 * `token-endpoint`: the CI's token endpoint refuses, or is none; `token-endpoint-unavailable`: it could not be asked now.
 * `token-file`: the file with the token cannot be read.
 * `token-malformed`, `token-audience`, `token-expired`, `token-not-yet-valid`, `token-issuer`, `token-claims`: the token
 * is no JWT, is for another, is too old or too new, is of an issuer that does not speak for this job, or lacks a claim.
 * `environment-invalid`: a variable that the description needs is not set, or is not what the platform sets.
 * `environment-differs`: a variable says something else than the token.
 * `input-invalid`: a fact that the caller gave (git, lockfile) is malformed.
 * `run-summary-invalid`, `run-summary-of-another-commit`, `remote-cache-hit`: what is wrong with a turborepo run.
 */
export type BuildErrorCode =
  | "no-id-token"
  | "no-id-token-fork"
  | "token-endpoint"
  | "token-endpoint-unavailable"
  | "token-file"
  | "token-malformed"
  | "token-audience"
  | "token-expired"
  | "token-not-yet-valid"
  | "token-issuer"
  | "token-claims"
  | "environment-invalid"
  | "environment-differs"
  | "input-invalid"
  | "run-summary-invalid"
  | "run-summary-of-another-commit"
  | "remote-cache-hit";

/** The one error of this package: the message names the value or variable, never a token; the hint says what to do. */
export class BuildError extends Error {
  static {
    this.prototype.name = "BuildError";
  }
  readonly code: BuildErrorCode;
  readonly hint: string | undefined;

  constructor(code: BuildErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** A value from outside as a message may show it. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
}
