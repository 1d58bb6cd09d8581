/** Why an attempt was cut short. */
export type Cut = "timed-out" | "aborted";

/** One signal for the time limit, the caller and the client's end. Must be ended. */
export interface Deadline {
  readonly signal: AbortSignal;
  cut(): Cut | undefined;
  end(): void;
}

export function createDeadline(milliseconds: number, stops: readonly (AbortSignal | undefined)[]): Deadline {
  const controller = new AbortController();
  let reason: Cut | undefined;
  const stopFor = (cut: Cut): void => {
    reason ??= cut;
    controller.abort();
  };
  const abort = (): void => stopFor("aborted");
  const timer = setTimeout(stopFor, milliseconds, "timed-out");
  for (const stop of stops) {
    if (stop?.aborted) abort();
    stop?.addEventListener("abort", abort);
  }
  return {
    signal: controller.signal,
    cut: () => reason,
    end() {
      clearTimeout(timer);
      for (const stop of stops) stop?.removeEventListener("abort", abort);
    },
  };
}
