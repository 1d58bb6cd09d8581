/**
 * ARTIFACTS_INVALID, METADATA_INVALID: the file is not JSON, or not what its JSON Schema says.
 * CHECKSUM_LINE: a line cannot be read, or a name cannot be written as one.
 * CHECKSUM_ALGORITHM: a line's algorithm is not one of sha256, sha384 and sha512.
 * CHECKSUM_CONFLICT: one name has two digests of one algorithm.
 * NAME_OUTSIDE_FOLDER: a name leads out of the folder in which the checksum file lies.
 * NO_SUBJECTS: a checksum file names nothing.
 * IMAGE_REFERENCE: an image's name is not a reference, or has another digest than is told of it.
 * TEXT_UNREADABLE: a checksum or digest file is neither UTF-8 nor UTF-16 with a byte order mark.
 * TOO_LARGE: a file or list is larger than what is read.
 */
export type GoreleaserErrorCode =
  | "ARTIFACTS_INVALID"
  | "METADATA_INVALID"
  | "CHECKSUM_LINE"
  | "CHECKSUM_ALGORITHM"
  | "CHECKSUM_CONFLICT"
  | "NAME_OUTSIDE_FOLDER"
  | "NO_SUBJECTS"
  | "IMAGE_REFERENCE"
  | "TEXT_UNREADABLE"
  | "TOO_LARGE";

/** The one error of this package: the message names file, line and value, the hint says what to do. */
export class GoreleaserError extends Error {
  static {
    this.prototype.name = "GoreleaserError";
  }
  readonly code: GoreleaserErrorCode;
  readonly hint: string | undefined;

  constructor(code: GoreleaserErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** The value as it stands in messages: escaped, and short. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
