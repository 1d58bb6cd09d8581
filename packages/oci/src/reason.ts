import type { Reason } from "@colophon/core";
import type { OciError, OciErrorCode } from "./error.ts";

type Hyphened<T extends string> = T extends `${infer First}_${infer Rest}`
  ? `${Lowercase<First>}-${Hyphened<Rest>}`
  : Lowercase<T>;

/** The codes of reasons that listing, stores and registries give: those of the errors, in small letters. */
export type OciReasonCode = "digest-not-told" | Hyphened<OciErrorCode>;

export interface OciReason extends Reason {
  readonly code: OciReasonCode;
}

/** Why there is no answer. `where` names the layout or repository. */
export function reasonOfError(where: string, { code, message, hint }: OciError): OciReason {
  const lower = code.toLowerCase().replaceAll("_", "-") as Hyphened<OciErrorCode>;
  return { code: lower, message: `${where}: ${message}`, ...(hint !== undefined && { hint }) };
}
