import type { Http, HttpAnswer, HttpFailureCode, HttpRequest } from "@colophon/http";
import type { NotDone } from "@colophon/core";
import { SigstoreError } from "../error.ts";
import { refused, unreachable } from "./not-done.ts";

/** A service that takes part in signing. */
export interface Service {
  /** As messages show it: with its port unless that is the scheme's own. */
  readonly host: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  ask(request: Omit<HttpRequest, "maxBytes">): Promise<Answered | NotDone>;
}

export type Answered = Extract<HttpAnswer, { readonly outcome: "answered" }>;

/** Answers of these services have some kilobytes. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Whose cause passes by itself; every other one is the configuration's or the service's own. */
const PASSING: ReadonlySet<HttpFailureCode> = new Set([
  "offline",
  "unreachable",
  "timed-out",
  "budget-spent",
  "rate-limited",
  "aborted",
]);

/** Throws SERVICE_URL_INVALID, without the text where that holds user info. */
export function createService(http: Http, url: string): Service {
  const { host } = parseServiceUrl(url);
  return {
    host,
    baseUrl: url.replace(/\/+$/, ""),
    async ask(request) {
      const answer = await http.fetchBytes({ ...request, maxBytes: MAX_ANSWER_BYTES });
      if (answer.outcome === "failed") {
        const { code, message, hint } = answer.reason;
        return PASSING.has(code) ? unreachable(code, message, hint) : refused(code, message, hint);
      }
      if (isPassing(answer.code)) return unavailable(host, answer.code);
      return answer;
    },
  };
}

export function parseServiceUrl(text: string): URL {
  const url = URL.parse(text);
  const hint = "Give an absolute URL such as https://host/path, without credentials.";
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new SigstoreError("SERVICE_URL_INVALID", "the URL of a signing service is not an http or https URL", {
      hint,
    });
  }
  if (url.username !== "" || url.password !== "") {
    throw new SigstoreError("SERVICE_URL_INVALID", `the URL of the signing service ${url.host} holds credentials`, {
      hint,
    });
  }
  return url;
}

function isPassing(code: number): boolean {
  return code === 408 || code === 429 || code >= 500;
}

function unavailable(host: string, code: number): NotDone {
  return code === 429
    ? unreachable("rate-limited", `${host} answers 429: it has been asked too often`, "Try again later.")
    : unreachable(
        "service-failed",
        `${host} answers ${code}`,
        "Try again later, or look at the status of the service.",
      );
}
