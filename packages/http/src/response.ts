import { openBody, tooLarge, type Body } from "./body.ts";
import type { Prepared } from "./consumer.ts";
import { showUrl, type HttpFailure } from "./failure.ts";
import { redirectTarget } from "./redirect.ts";
import type { CheckedRequest, HttpHead } from "./request.ts";
import type { Decision } from "./retry.ts";
import type { WireResponse } from "./transport.ts";

/** How one attempt ends. `begun`: the body was already being taken. */
export type Outcome<T extends object> = { readonly kind: "answered"; readonly answer: HttpHead & T } | Unanswered;

export type Unanswered =
  | { readonly kind: "redirect"; readonly location: string }
  | { readonly kind: "wait"; readonly milliseconds: number }
  | { readonly kind: "again" }
  | { readonly kind: "failed"; readonly failure: HttpFailure; readonly begun?: true };

export interface ReadOptions<T extends object> {
  readonly url: URL;
  readonly request: CheckedRequest;
  readonly prepared: Prepared<T>;
  readonly explain: (error: unknown) => HttpFailure;
  /** What to do about the status, before the body is touched. */
  readonly decide: (code: number, headers: Readonly<Record<string, string>>) => Decision;
}

const DRAINED_BYTES = 65_536;

/** Judges the head of an answer, and takes the body if it is the final one. Rejects with the reader's own errors only. */
export async function readResponse<T extends object>(
  response: WireResponse,
  { url, request, prepared, explain, decide }: ReadOptions<T>,
): Promise<Outcome<T>> {
  const { code, headers } = response;
  const head: HttpHead = { outcome: "answered", code, headers, url: url.href, from: "network" };
  if (code === 304 && prepared.notModified) return { kind: "answered", answer: prepared.notModified(head) };
  const interim = judgeHead(url, response, decide);
  if (interim) {
    // Reading the little that most of these carry keeps the connection.
    await response.body.dump({ limit: DRAINED_BYTES }).catch(() => {});
    return interim;
  }
  const bodiless = request.method === "HEAD" || code === 204 || code === 304;
  if (!bodiless && Number(headers["content-length"] ?? 0) > request.maxBytes) {
    return { kind: "failed", failure: tooLarge(url, request.maxBytes) };
  }
  const body = openBody(response.body, {
    url,
    headers: bodiless ? {} : headers,
    maxBytes: request.maxBytes,
    diagnose: explain,
  });
  const taken = await takeBody(prepared, body, head);
  return "failure" in taken
    ? { kind: "failed", failure: taken.failure, begun: true }
    : { kind: "answered", answer: { ...head, ...taken.value } };
}

function judgeHead(
  url: URL,
  { code, headers }: WireResponse,
  decide: ReadOptions<object>["decide"],
): Unanswered | undefined {
  const location = redirectTarget(code, headers);
  if (location !== undefined) return { kind: "redirect", location };
  const decision = decide(code, headers);
  if (decision.kind === "take") return undefined;
  if (decision.kind !== "give-up") return decision;
  const { retryAfterSeconds } = decision;
  const message = `${showUrl(url)} answers ${code} and asks to wait ${retryAfterSeconds} s`;
  return { kind: "failed", failure: rateLimited(message, retryAfterSeconds) };
}

type Taken<T> = { readonly value: T } | { readonly failure: HttpFailure };

/** A reader that hides the interruption of its body, or stumbles over it, still gets no answer passed on. */
async function takeBody<T extends object>(prepared: Prepared<T>, body: Body, head: HttpHead): Promise<Taken<T>> {
  try {
    const value = await prepared.take(body, head);
    const failure = body.failure();
    return failure ? { failure } : { value };
  } catch (error) {
    const failure = body.failure();
    if (failure) return { failure };
    throw error;
  }
}

/** What is said of a host that asks to wait longer than it is waited for. */
export function rateLimited(message: string, retryAfterSeconds: number): HttpFailure {
  const hint = "Try again after that time, or with credentials that have a larger allowance.";
  return { code: "rate-limited", message, hint, retryAfterSeconds };
}
