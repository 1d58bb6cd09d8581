import type { HttpFailure } from "./failure.ts";

const RETRIED_STATUSES = [408, 429, 500, 502, 503, 504];
const LONGEST_WAIT_MS = 30_000;
const LONGEST_WAITS_MS = 60_000;
const FIRST_BACKOFF_MS = 500;

/** What to do with an answer or a failure: `again` is after a wait that the host asked of everyone, see `Pauses`. */
export type Decision =
  | { readonly kind: "take" }
  | { readonly kind: "wait"; readonly milliseconds: number }
  | { readonly kind: "again" }
  | { readonly kind: "give-up"; readonly retryAfterSeconds: number };

/** What an answer asked of everyone who asks its host. `granted`: the host is paused so long, otherwise it is shut. */
export interface AskedPause {
  readonly retryAfterSeconds: number;
  readonly granted: boolean;
}

/** The retries of one request. Each wait of its own is at most 30 s, all together at most 60 s. */
export interface Patience {
  readonly afterStatus: (code: number, headers: Readonly<Record<string, string>>) => Decision;
  readonly afterPause: (asked: AskedPause) => Decision;
  readonly afterFailure: (failure: HttpFailure) => Decision;
}

interface PatienceOptions {
  readonly retries: number;
  readonly retryOn: readonly number[];
  readonly clock: () => number;
  readonly random: () => number;
}

const TAKE: Decision = { kind: "take" };

export function createPatience({ retries, retryOn, clock, random }: PatienceOptions): Patience {
  let used = 0;
  let waited = 0;

  function wait(milliseconds: number): Decision {
    if (used >= retries || milliseconds > LONGEST_WAIT_MS || waited + milliseconds > LONGEST_WAITS_MS) return TAKE;
    used += 1;
    waited += milliseconds;
    return { kind: "wait", milliseconds };
  }

  function backOff(): Decision {
    const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_BACKOFF_MS * 2 ** used);
    return wait(Math.round(ceiling * (0.5 + random() / 2)));
  }

  return {
    afterStatus(code, headers) {
      if (!RETRIED_STATUSES.includes(code) && !retryOn.includes(code)) return TAKE;
      const seconds = parseRetryAfter(headers["retry-after"], clock());
      return seconds === undefined ? backOff() : wait(seconds * 1000);
    },
    afterPause({ granted, retryAfterSeconds }) {
      if (!granted) return { kind: "give-up", retryAfterSeconds };
      if (used >= retries) return TAKE;
      used += 1;
      return { kind: "again" };
    },
    afterFailure(failure) {
      return failure.code === "unreachable" ? backOff() : TAKE;
    },
  };
}

/** Seconds to wait, from `Retry-After` in seconds or as an HTTP date (RFC 9110 §10.2.3); undefined when it is neither. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const date = /^[A-Z][a-z]{2,8}, .* GMT$/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
