/**
 * LAYOUT_UNREADABLE: the folder is no OCI image layout, or a file of it cannot be read.
 * MANIFEST_INVALID: an index or manifest is not JSON of one of the two kinds.
 * DESCRIPTOR_INVALID: a descriptor, or a digest that was asked for, is not what the OCI image specification says.
 * DIGEST_MISMATCH: a blob or manifest has other bytes than its name says.
 * BLOB_MISSING: a blob is not in the layout or registry.
 * BLOB_REFUSED: a blob is a symbolic link out of the layout, or no file.
 * TOO_LARGE: a file, a list, or all attestations of one object together are larger than what is read.
 * REFERENCE_INVALID, REFERENCE_SCHEME, REFERENCE_UPPER_CASE, REFERENCE_TAG, REFERENCE_DIGEST: what names an image is
 * none, or that part of it is at fault.
 * BUILDER_OUTPUT_INVALID: what an image builder wrote is of no known form, broken, or at odds with itself.
 * NOTHING_PUSHED: it names no image that was pushed; the digest of a config is none.
 * CREDENTIALS_INVALID: a file of credentials is not what Docker or Podman write.
 * ACCESS_DENIED: the registry, or its token service, says 401 or 403: what is asked for is private, or not there.
 * NO_SUCH_OBJECT: the registry knows the repository, and has no such tag or manifest in it.
 * REPOSITORY_UNKNOWN: the registry says that it has no such repository, as some do of private ones.
 * ANSWER_UNREADABLE: the registry answers with something else than the distribution specification says.
 * DIGEST_IS_NOT_MANIFEST: what is said to be the digest of an image is that of its config or of a layer.
 * PUSHED_UNMATCHED: the names of images that a user gives, and what builders tell of them, do not fit together.
 * TAG_MOVED: a tag leads to something else than what was pushed there.
 * FALLBACK_TAG_OCCUPIED: the tag under which referrers would have to be listed is the name of something else.
 * REGISTRY_REFUSED: the registry says that it takes no such thing, or knows no such request.
 * RATE_LIMITED, REGISTRY_UNAVAILABLE, OFFLINE, BUDGET_SPENT: there was no answer, or none to what was asked.
 */
export type OciErrorCode =
  | "LAYOUT_UNREADABLE"
  | "MANIFEST_INVALID"
  | "DESCRIPTOR_INVALID"
  | "DIGEST_MISMATCH"
  | "BLOB_MISSING"
  | "BLOB_REFUSED"
  | "TOO_LARGE"
  | "REFERENCE_INVALID"
  | "REFERENCE_SCHEME"
  | "REFERENCE_UPPER_CASE"
  | "REFERENCE_TAG"
  | "REFERENCE_DIGEST"
  | "BUILDER_OUTPUT_INVALID"
  | "NOTHING_PUSHED"
  | "CREDENTIALS_INVALID"
  | "ACCESS_DENIED"
  | "NO_SUCH_OBJECT"
  | "REPOSITORY_UNKNOWN"
  | "ANSWER_UNREADABLE"
  | "DIGEST_IS_NOT_MANIFEST"
  | "PUSHED_UNMATCHED"
  | "TAG_MOVED"
  | "FALLBACK_TAG_OCCUPIED"
  | "REGISTRY_REFUSED"
  | "RATE_LIMITED"
  | "REGISTRY_UNAVAILABLE"
  | "OFFLINE"
  | "BUDGET_SPENT";

/** The one error of this package: the message names the file, reference or digest, the hint says what to do. */
export class OciError extends Error {
  static {
    this.prototype.name = "OciError";
  }
  readonly code: OciErrorCode;
  readonly hint: string | undefined;

  constructor(code: OciErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
