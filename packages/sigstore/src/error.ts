/** What can be wrong with what the user hands to this package. What is wrong with a proof is a value instead. */
export type SigstoreErrorCode =
  | "TRUST_ROOT_UNREADABLE"
  | "TRUST_ROOT_INVALID"
  | "TRUST_ROOT_UNAVAILABLE"
  | "REGISTRY_KEYS_UNREADABLE"
  | "REGISTRY_KEYS_INVALID"
  | "KEY_INVALID"
  | "KEY_UNSUPPORTED"
  | "KEY_PASSWORD_MISSING"
  | "KEY_PASSWORD_WRONG"
  | "SERVICE_URL_INVALID"
  | "SIGNING_CONFIG_INVALID"
  | "SIGNING_CONFIG_UNUSABLE"
  | "ATTESTATION_MALFORMED"
  | "ATTESTATION_TOO_LARGE";

/** The one error of this package: the message names the value, the hint says what to do. */
export class SigstoreError extends Error {
  static {
    this.prototype.name = "SigstoreError";
  }
  readonly code: SigstoreErrorCode;
  readonly hint: string | undefined;

  constructor(code: SigstoreErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
