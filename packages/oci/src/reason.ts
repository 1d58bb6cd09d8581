import type { Reason, ReleaseObject } from "@colophon/core";
import { OciError, type OciErrorCode } from "./error.ts";

type Hyphened<T extends string> = T extends `${infer First}_${infer Rest}`
  ? `${Lowercase<First>}-${Hyphened<Rest>}`
  : Lowercase<T>;

/** The codes of reasons that listing, stores and registries give: those of the errors, in small letters. */
export type OciReasonCode =
  | "digest-not-told"
  | "entry-unreadable"
  | "nothing-published"
  | "referrers-overwritten"
  | Hyphened<OciErrorCode>;

export interface OciReason extends Reason {
  readonly code: OciReasonCode;
}

/** What was asked for, or why there is no answer. */
export type Answered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: OciReason };

/** Why there is no answer. `where` names the layout or repository. */
export function reasonOfError(where: string, error: OciError): OciReason {
  const { message, ...reason } = reasonOf(error);
  return { ...reason, message: `${where}: ${message}` };
}

/** The same where the message tells by itself where that was. */
export function reasonOf({ code, message, hint }: OciError): OciReason {
  const lower = code.toLowerCase().replaceAll("_", "-") as Hyphened<OciErrorCode>;
  return { code: lower, message, ...(hint !== undefined && { hint }) };
}

/** Makes a value of what this package throws. */
export async function answered<T>(where: string, ask: () => Promise<T>): Promise<Answered<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (error) {
    if (error instanceof OciError) return { ok: false, reason: reasonOfError(where, error) };
    throw error;
  }
}

/** The opposite, for what reads several answers and gives up with the first that fails. Throws OciError. */
export function valueOf<T>(answer: Answered<T>): T {
  if (answer.ok) return answer.value;
  throw errorOf(answer.reason);
}

export function errorOf({ code, message, hint }: OciReason): OciError {
  return new OciError(code.toUpperCase().replaceAll("-", "_") as OciErrorCode, message, { hint });
}

/** Why nothing can be asked about an object. */
export function digestNotTold({ id }: ReleaseObject): OciReason {
  return { code: "digest-not-told", message: `${id.slice(0, 300)}: neither its sha256 nor its sha512 is told` };
}
