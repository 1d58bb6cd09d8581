import type { NotDone } from "@colophon/core";

/** Asking again changes nothing. */
export function refused(code: string, message: string, hint?: string): NotDone {
  return { status: "refused", reason: { code, message, ...(hint !== undefined && { hint }) } };
}

/** It could not be had now; a later run completes. */
export function unreachable(code: string, message: string, hint?: string): NotDone {
  return { status: "unreachable", reason: { code, message, ...(hint !== undefined && { hint }) } };
}

export function isNotDone(value: object): value is NotDone {
  return "status" in value && (value.status === "refused" || value.status === "unreachable");
}
