/** Lets a number of tasks per key run at once; the others wait in order. */
export interface Limiter {
  /** Takes a place. Rejects with the signal's reason when it aborts first. The release may be called once. */
  acquire(key: string, signal: AbortSignal): Promise<() => void>;
}

export function createLimiter(limit: number): Limiter {
  const running = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();

  function release(key: string): void {
    const next = waiting.get(key)?.shift();
    if (next) return next();
    const left = (running.get(key) ?? 1) - 1;
    if (left > 0) running.set(key, left);
    else {
      running.delete(key);
      waiting.delete(key);
    }
  }

  return {
    async acquire(key, signal) {
      signal.throwIfAborted();
      const count = running.get(key) ?? 0;
      if (count < limit) running.set(key, count + 1);
      else await queue(waiting, key, signal);
      return () => release(key);
    },
  };
}

function queue(waiting: Map<string, (() => void)[]>, key: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const line = waiting.get(key) ?? [];
    waiting.set(key, line);
    const leave = (): void => {
      line.splice(line.indexOf(enter), 1);
      reject(signal.reason as Error);
    };
    const enter = (): void => {
      signal.removeEventListener("abort", leave);
      resolve();
    };
    signal.addEventListener("abort", leave, { once: true });
    line.push(enter);
  });
}
