/**
 * LAYOUT_UNREADABLE: the folder is no OCI image layout, or a file of it cannot be read.
 * MANIFEST_INVALID: an index or manifest is not JSON of one of the two kinds.
 * DESCRIPTOR_INVALID: a descriptor, or a digest that was asked for, is not what the OCI image specification says.
 * DIGEST_MISMATCH: a blob has other bytes than its name says.
 * BLOB_MISSING: a blob is not in the layout.
 * BLOB_REFUSED: a blob is a symbolic link out of the layout, or no file.
 * TOO_LARGE: a file, a list, or all attestations of one object together are larger than what is read.
 */
export type OciErrorCode =
  | "LAYOUT_UNREADABLE"
  | "MANIFEST_INVALID"
  | "DESCRIPTOR_INVALID"
  | "DIGEST_MISMATCH"
  | "BLOB_MISSING"
  | "BLOB_REFUSED"
  | "TOO_LARGE";

/** The one error of this package: the message names the file or digest, the hint says what to do. */
export class OciError extends Error {
  static {
    this.prototype.name = "OciError";
  }
  readonly code: OciErrorCode;
  readonly hint: string | undefined;

  constructor(code: OciErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
