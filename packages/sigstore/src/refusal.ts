import type { Authentication, Check, Claimed } from "@colophon/core";

/** The answer that a proof does not authenticate: a value, never an exception. */
export type Refusal = Extract<Authentication, { readonly ok: false }>;

export function refuse(
  check: Check,
  kind: Refusal["kind"],
  code: string,
  message: string,
  extra: { readonly hint?: string; readonly claimed?: Claimed } = {},
): Refusal {
  return { ok: false, check, kind, code, message, ...extra };
}

export function isRefusal(value: object): value is Refusal {
  return "ok" in value && value.ok === false && "check" in value;
}

/** The attestation cannot be read as what it should be. */
export function malformed(message: string, claimed?: Claimed): Refusal {
  return refuse("bundle", "unprovable", "bundle-malformed", message, claimed === undefined ? {} : { claimed });
}

/** A value from a proof, quoted and cut to what a person can read. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
