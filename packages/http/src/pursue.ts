import { admitUrl } from "./admission.ts";
import { runAttempt, type Attempt, type World } from "./attempt.ts";
import type { Consumer } from "./consumer.ts";
import { cutShort } from "./diagnose.ts";
import { failed, showText, showUrl, type HttpFailed, type HttpFailure } from "./failure.ts";
import { followRedirect, type Hop } from "./redirect.ts";
import { carriesBody, type CheckedRequest, type HttpHead } from "./request.ts";
import type { Outcome } from "./response.ts";
import { createPatience, type Patience } from "./retry.ts";
import { isInScope } from "./scope.ts";

/** Sends a request, again and onwards as retries and redirects ask, until there is a final answer or a failure. */
export async function pursue<T extends object>(
  world: World,
  request: CheckedRequest,
  consumer: Consumer<T>,
): Promise<(HttpHead & T) | HttpFailed> {
  if (world.settings.offline) return offline(request.url);
  const start = admitUrl(request.url, world.settings.trustedHosts);
  if ("outcome" in start) return start;
  const { retries, retryOn = [] } = request;
  const patience = createPatience({ retries, retryOn, clock: world.settings.clock, random: world.settings.random });
  let hop: Hop = { url: start, before: [], credentialed: mayCarry(request, start) };
  let retry = false;
  for (;;) {
    const headers = headersFor(world, request, start, hop);
    const attempt: Attempt<T> = { request, hop, headers, retry, consumer, patience };
    const outcome = waitAfterFailure(await runAttempt(world, attempt), consumer, patience);
    if (outcome.kind === "answered") return outcome.answer;
    if (outcome.kind === "failed") return failed(outcome.failure);
    retry = outcome.kind !== "redirect";
    if (outcome.kind === "wait") {
      if (!(await pause(world, outcome.milliseconds, request.signal))) return failed(cutShort("aborted", hop.url));
    } else if (outcome.kind === "redirect") {
      if (carriesBody(request.method)) return failed(refuseToRepeat(hop.url));
      const next = followRedirect(hop, outcome.location, world.settings.trustedHosts);
      if ("outcome" in next) return next;
      hop = { ...next, credentialed: hop.credentialed && mayCarry(request, next.url) };
    }
  }
}

function waitAfterFailure<T extends object>(
  outcome: Outcome<T>,
  consumer: Consumer<T>,
  patience: Patience,
): Outcome<T> {
  if (outcome.kind !== "failed" || (outcome.begun && !consumer.repeatable)) return outcome;
  const decision = patience.afterFailure(outcome.failure);
  return decision.kind === "wait" ? decision : outcome;
}

function refuseToRepeat(url: URL): HttpFailure {
  const message = `${showUrl(url)} redirects what was sent to it, which is not sent elsewhere`;
  return { code: "redirect-refused", message, hint: "Give the final URL." };
}

function mayCarry({ credentials }: CheckedRequest, url: URL): boolean {
  return credentials !== undefined && isInScope(url, credentials.scope);
}

function headersFor({ settings }: World, request: CheckedRequest, start: URL, hop: Hop): Record<string, string> {
  const { accept } = request.headers;
  return {
    "user-agent": settings.userAgent,
    "accept-encoding": "gzip, deflate, br",
    ...(accept !== undefined && { accept }),
    ...(hop.url.origin === start.origin && request.headers),
    ...(hop.credentialed && request.credentials && { authorization: request.credentials.authorization }),
  };
}

/** False when the wait was cut short. */
async function pause({ settings, closing }: World, milliseconds: number, signal?: AbortSignal): Promise<boolean> {
  const either = signal ? AbortSignal.any([signal, closing]) : closing;
  return settings.sleep(milliseconds, either).then(
    () => !either.aborted,
    () => false,
  );
}

function offline(url: string): HttpFailed {
  const message = `${showText(url)} was not asked: this run is offline`;
  return failed({ code: "offline", message, hint: "Run without offline, or give what is needed as files." });
}
