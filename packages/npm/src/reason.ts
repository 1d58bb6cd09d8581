import { CoreError, type Reason } from "@colophon/core";
import type { HttpFailure, HttpFailureCode } from "@colophon/http";
import { NpmError } from "./error.ts";

/** The codes of reasons that inventory, store and `fetchTarballDigest` give. */
export type NpmReasonCode =
  | "access-denied"
  | "answer-unreadable"
  | "attestation-not-served"
  | "attestations-not-carried"
  | "budget-spent"
  | "no-such-object"
  | "not-found"
  | "nothing-published"
  | "offline"
  | "rate-limited"
  | "registry-unavailable"
  | "version-unreadable";

export interface NpmReason extends Reason {
  readonly code: NpmReasonCode;
}

const CODES: Readonly<Partial<Record<HttpFailureCode, NpmReasonCode>>> = {
  "budget-spent": "budget-spent",
  offline: "offline",
  "rate-limited": "rate-limited",
  "too-large": "answer-unreadable",
  unreadable: "answer-unreadable",
};

/** Why there is no answer. `what` names the package or version and its registry. */
export function reasonOfFailure(what: string, failure: HttpFailure): NpmReason {
  const code = CODES[failure.code] ?? "registry-unavailable";
  const message = `${what}: ${failure.message}`;
  return failure.hint === undefined ? { code, message } : { code, message, hint: failure.hint };
}

export interface StatusContext {
  readonly what: string;
  readonly registry: string;
  /** Whether credentials went along. */
  readonly authorized: boolean;
}

/** What a status other than 200 means. */
export function reasonOfStatus(status: number, { what, registry, authorized }: StatusContext): NpmReason {
  if (status === 401 || status === 403) {
    const message = `${what}: access denied (${status}${authorized ? "" : ", no credentials are configured"})`;
    const renew = `Renew the credentials that npm's configuration has for ${registry}`;
    const logIn = `Run npm login --registry=${registry}, or set //host/path/:_authToken for it in an npmrc`;
    return { code: "access-denied", message, hint: `${authorized ? renew : logIn}; the package may need more rights.` };
  }
  if (status === 404) {
    const hint = `Check the name, and that ${registry} is its registry; a private package needs credentials.`;
    return { code: "not-found", message: `${what}: private, or does not exist (404)`, hint };
  }
  if (status === 429) {
    const hint = "Try again later, or with credentials that have a larger allowance.";
    return { code: "rate-limited", message: `${what}: the registry limits requests (429)`, hint };
  }
  const hint = "Try again later; if it stays so, ask the registry's operator.";
  return { code: "registry-unavailable", message: `${what}: the registry answers ${status}`, hint };
}

/** Why an answer cannot be used, where that is what the error says; every other error is thrown on. */
export function reasonOfError(what: string, error: unknown): NpmReason {
  const unreadable = error instanceof NpmError && error.code === "ANSWER_UNREADABLE";
  if (!unreadable && !(error instanceof CoreError)) throw error;
  const hint = "Ask again, or without the proxy or mirror between; if it stays so, ask the registry's operator.";
  return { code: "answer-unreadable", message: `${what}: the answer cannot be used: ${error.message}`, hint };
}
