import type { Limiter } from "./limiter.ts";
import { parseRetryAfter, type AskedPause } from "./retry.ts";

const PAUSING_STATUSES = [429, 503];
const LONGEST_PAUSE_MS = 30_000;
const LONGEST_PAUSES_MS = 60_000;
/** A single path may be refused for long while the host answers others, so one such answer speaks for itself alone. */
const REFUSALS_THAT_SHUT = 3;

/**
 * Honours the `Retry-After` of a 429 or 503 (RFC 9110 §10.2.3) for its host as a whole. A pause is at most 30 s, those of
 * one host are at most 60 s for the life of the client. A host that has used them up, or that asks for more than 30 s
 * three times without answering anything in between, is shut: it is not asked until then.
 */
export interface Pauses {
  /** Takes note of how a request to the host was answered, if it was. */
  readonly heard: (host: string, answer: Answer | undefined) => AskedPause | undefined;
  /** Seconds until a host that is shut may be asked again; undefined when it is not. */
  readonly shutFor: (host: string) => number | undefined;
}

interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
}

interface PausesOptions {
  readonly limiter: Limiter;
  /** Places of a host that is neither paused nor shut. */
  readonly places: number;
  readonly clock: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly closing: AbortSignal;
}

interface Host {
  readonly name: string;
  budget: number;
  /** Answers in a row that asked for a pause that is too long. */
  refusals: number;
  pause: Pause | undefined;
  shutUntil: number | undefined;
}

/** `owed`: milliseconds not slept yet. */
interface Pause {
  until: number;
  owed: number;
}

export function createPauses({ limiter, places, clock, sleep, closing }: PausesOptions): Pauses {
  const hosts = new Map<string, Host>();

  function hostOf(name: string): Host {
    const known = hosts.get(name);
    const host = known ?? { name, budget: LONGEST_PAUSES_MS, refusals: 0, pause: undefined, shutUntil: undefined };
    hosts.set(name, host);
    if (host.shutUntil !== undefined && host.shutUntil <= clock()) {
      host.shutUntil = undefined;
      limiter.allow(name, places);
    }
    return host;
  }

  function ask(host: Host, milliseconds: number): boolean {
    const now = clock();
    const until = now + milliseconds;
    const before = Math.max(now, host.shutUntil ?? host.pause?.until ?? now);
    const added = Math.max(0, until - before);
    if (host.shutUntil !== undefined || milliseconds > LONGEST_PAUSE_MS || added > host.budget) {
      if (milliseconds > LONGEST_PAUSE_MS) host.refusals += 1;
      const alone = milliseconds > LONGEST_PAUSE_MS && host.refusals < REFUSALS_THAT_SHUT;
      if (host.shutUntil === undefined && alone) return false;
      host.shutUntil = before + added;
      host.pause = undefined;
      // Whoever waits for a place comes in to learn of it.
      limiter.allow(host.name, Infinity);
      return false;
    }
    host.budget -= added;
    if (host.pause) {
      host.pause.owed += added;
      host.pause.until += added;
    } else {
      host.pause = { until, owed: added };
      limiter.allow(host.name, 0);
      void rest(host, host.pause);
    }
    return true;
  }

  /** One sleep for all: how it ends, and not the clock, ends the pause. */
  async function rest(host: Host, pause: Pause): Promise<void> {
    do {
      const milliseconds = pause.owed;
      pause.owed = 0;
      await sleep(milliseconds, closing).catch(() => {});
    } while (pause.owed > 0);
    if (host.pause !== pause) return;
    host.pause = undefined;
    // One goes first, to see whether the host answers again. Those still in flight may take long, and are not waited for.
    limiter.allow(host.name, Math.min(places, limiter.running(host.name) + 1));
  }

  return {
    heard(name, answer) {
      const host = hostOf(name);
      const value = answer && PAUSING_STATUSES.includes(answer.code) ? answer.headers["retry-after"] : undefined;
      const retryAfterSeconds = parseRetryAfter(value, clock());
      if (retryAfterSeconds !== undefined) {
        return { retryAfterSeconds, granted: ask(host, retryAfterSeconds * 1000) };
      }
      if (answer !== undefined) host.refusals = 0;
      if (!host.pause) limiter.allow(name, places);
      return undefined;
    },
    shutFor(name) {
      const { shutUntil } = hostOf(name);
      return shutUntil === undefined ? undefined : Math.ceil((shutUntil - clock()) / 1000);
    },
  };
}
