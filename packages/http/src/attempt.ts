import type { Consumer } from "./consumer.ts";
import { createDeadline } from "./deadline.ts";
import { cutShort, diagnose } from "./diagnose.ts";
import { showUrl, type HttpFailure } from "./failure.ts";
import type { Ledger } from "./ledger.ts";
import type { Limiter } from "./limiter.ts";
import type { Settings } from "./options.ts";
import type { Pauses } from "./pauses.ts";
import type { Hop } from "./redirect.ts";
import type { CheckedRequest } from "./request.ts";
import { rateLimited, readResponse, type Outcome } from "./response.ts";
import type { Patience } from "./retry.ts";
import type { Transport } from "./transport.ts";

/** What the requests of one client share. */
export interface World {
  readonly settings: Settings;
  readonly limiter: Limiter;
  readonly pauses: Pauses;
  readonly ledger: Ledger;
  readonly transport: () => Promise<Transport>;
  /** Aborts when the client is closed. */
  readonly closing: AbortSignal;
}

export interface Attempt<T extends object> {
  readonly request: CheckedRequest;
  readonly hop: Hop;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether it repeats an attempt that failed, for the counts. */
  readonly retry: boolean;
  readonly consumer: Consumer<T>;
  readonly patience: Patience;
}

/** Sends one request. The host's place and the time limit cover it to the last byte of its body. */
export async function runAttempt<T extends object>(world: World, attempt: Attempt<T>): Promise<Outcome<T>> {
  const { request, headers, retry, consumer, patience } = attempt;
  const { url } = attempt.hop;
  const release = await enter(world, url, request.signal);
  if (typeof release !== "function") return { kind: "failed", failure: release };
  const deadline = createDeadline(request.timeoutMs, [request.signal, world.closing]);
  const explain = (error: unknown): HttpFailure => {
    const cut = deadline.cut();
    return cut ? cutShort(cut, url) : diagnose(error, url);
  };
  try {
    // Only now, so that no more stored answers are in memory than there are places.
    const prepared = await consumer.prepare({ url, headers });
    const transport = await world.transport();
    if (!world.ledger.spend(url.host, retry)) return { kind: "failed", failure: budgetSpent(url, world) };
    const sent = { ...headers, ...prepared.validators };
    const response = await transport
      .send({
        url,
        method: request.method,
        headers: sent,
        ...(request.body && { body: request.body.bytes }),
        signal: deadline.signal,
      })
      .catch(explain);
    const asked = world.pauses.heard(url.host, "body" in response ? response : undefined);
    if (!("body" in response)) return { kind: "failed", failure: response };
    try {
      const decide: Patience["afterStatus"] = (...head) =>
        asked ? patience.afterPause(asked) : patience.afterStatus(...head);
      const outcome = await readResponse(response, { url, request, prepared, explain, decide });
      if (outcome.kind === "answered" && outcome.answer.from === "cache") world.ledger.cached(url.host);
      return outcome;
    } finally {
      response.body.destroy();
    }
  } finally {
    deadline.end();
    release();
  }
}

/** Waits for a place, and so for the end of a pause. A host may be shut before that, or meanwhile. */
async function enter(world: World, url: URL, signal?: AbortSignal): Promise<(() => void) | HttpFailure> {
  const shut = hostShut(url, world);
  if (shut) return shut;
  const either = signal ? AbortSignal.any([signal, world.closing]) : world.closing;
  const release = await world.limiter.acquire(url.host, either).catch(() => undefined);
  if (!release) return cutShort("aborted", url);
  const shutMeanwhile = hostShut(url, world);
  if (shutMeanwhile) release();
  return shutMeanwhile ?? release;
}

function hostShut(url: URL, { pauses }: World): HttpFailure | undefined {
  const seconds = pauses.shutFor(url.host);
  if (seconds === undefined) return undefined;
  return rateLimited(`${showUrl(url)} was not asked: ${url.host} asks everyone to wait, ${seconds} s more`, seconds);
}

function budgetSpent(url: URL, { settings }: World): HttpFailure {
  const message = `${showUrl(url)} was not asked: the budget of ${settings.maxRequests} requests is spent`;
  return { code: "budget-spent", message, hint: "Allow more requests, or ask for less." };
}
