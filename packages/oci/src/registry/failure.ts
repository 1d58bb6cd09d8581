import { arrayAt, stringAt } from "@colophon/core";
import type { HttpFailure, HttpFailureCode } from "@colophon/http";
import { OciError, type OciErrorCode } from "../error.ts";
import { readJson } from "../json.ts";

const CODES: Readonly<Partial<Record<HttpFailureCode, OciErrorCode>>> = {
  "budget-spent": "BUDGET_SPENT",
  offline: "OFFLINE",
  "rate-limited": "RATE_LIMITED",
  "too-large": "TOO_LARGE",
  unreadable: "ANSWER_UNREADABLE",
};

/** There was no answer. */
export function errorOfFailure({ code, message, hint }: HttpFailure): OciError {
  return new OciError(CODES[code] ?? "REGISTRY_UNAVAILABLE", message, { hint });
}

/** An answer that hides whether there is something is none. */
export function accessDenied(what: string, hint: string): OciError {
  return new OciError("ACCESS_DENIED", `private, or does not exist (${what})`, { hint });
}

/** An answer that is not what the distribution specification says. */
export function unreadable(what: string, cause?: unknown): OciError {
  const hint = "Check the registry's name and that nothing between changes answers; else ask its operator.";
  return new OciError("ANSWER_UNREADABLE", what, { hint, cause });
}

export interface StatusAnswer {
  readonly code: number;
  readonly bytes: Uint8Array;
}

/** A status that says that what was asked for is not there, or that the registry is not well. */
export function errorOfStatus({ code, bytes }: StatusAnswer, what: string, isKnown: boolean): OciError {
  if (code === 404) return isKnown || says(bytes, /^(?:MANIFEST|BLOB)_/) ? noSuchObject(what) : repositoryUnknown(what);
  if (code === 429) {
    const hint = "Try again later, or with a login that has a larger allowance.";
    return new OciError("RATE_LIMITED", `${what}: the registry limits requests (429)`, { hint });
  }
  if (code >= 400 && code < 500 && code !== 408) return registryRefused(code, bytes, what);
  const hint = "Try again later; if it stays so, ask the registry's operator.";
  return new OciError("REGISTRY_UNAVAILABLE", `${what}: the registry answers ${code}`, { hint });
}

/** Whether one of the error codes in an answer is such (OCI distribution specification, "Error Codes"). */
export function says(bytes: Uint8Array, code: RegExp): boolean {
  return (arrayAt(readJson(bytes), "errors") ?? []).some((error) => code.test(stringAt(error, "code") ?? ""));
}

/** It will say so again. What it says in words may be anybody's; its code is one of a few. */
function registryRefused(code: number, bytes: Uint8Array, what: string): OciError {
  const told = stringAt((arrayAt(readJson(bytes), "errors") ?? [])[0], "code") ?? "";
  const why = /^[A-Z_]{3,40}$/.test(told) ? `${code}, ${told}` : `${code}`;
  return new OciError("REGISTRY_REFUSED", `${what}: the registry refuses it (${why})`, {
    hint: "Ask the registry's operator what it does not take, such as artifacts that are no images.",
  });
}

function noSuchObject(what: string): OciError {
  return new OciError("NO_SUCH_OBJECT", `${what}: the repository has no such tag, manifest or blob (404)`, {
    hint: "Check the tag or digest.",
  });
}

function repositoryUnknown(what: string): OciError {
  return new OciError("REPOSITORY_UNKNOWN", `${what}: the repository is private, or does not exist (404)`, {
    hint: "Check its name; a private one needs a login.",
  });
}
