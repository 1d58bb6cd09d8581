import type { Reason } from "@colophon/core";
import type { OciError, OciErrorCode } from "./error.ts";

/** The codes of reasons that listing and store give. */
export type OciReasonCode = "digest-not-told" | "no-such-object" | ReasonOfError;

type ReasonOfError =
  | "blob-missing"
  | "blob-refused"
  | "descriptor-invalid"
  | "digest-mismatch"
  | "layout-unreadable"
  | "manifest-invalid"
  | "too-large";

export interface OciReason extends Reason {
  readonly code: OciReasonCode;
}

const CODES: Readonly<Record<OciErrorCode, ReasonOfError>> = {
  BLOB_MISSING: "blob-missing",
  BLOB_REFUSED: "blob-refused",
  DESCRIPTOR_INVALID: "descriptor-invalid",
  DIGEST_MISMATCH: "digest-mismatch",
  LAYOUT_UNREADABLE: "layout-unreadable",
  MANIFEST_INVALID: "manifest-invalid",
  TOO_LARGE: "too-large",
};

/** Why there is no answer. `where` names the layout. */
export function reasonOfError(where: string, { code, message, hint }: OciError): OciReason {
  return { code: CODES[code], message: `${where}: ${message}`, ...(hint !== undefined && { hint }) };
}
