/** Lets a number of tasks per key run at once; the others wait in order. */
export interface Limiter {
  /** Takes a place. Rejects with the signal's reason when it aborts first. The release may be called once. */
  acquire(key: string, signal: AbortSignal): Promise<() => void>;
  /** From now on so many tasks of this key may run at once: with 0 nobody enters. Those that run already go on. */
  allow(key: string, places: number): void;
  running(key: string): number;
}

interface Line {
  places: number;
  running: number;
  readonly waiting: (() => void)[];
}

export function createLimiter(limit: number): Limiter {
  const lines = new Map<string, Line>();

  function lineOf(key: string): Line {
    const line = lines.get(key) ?? { places: limit, running: 0, waiting: [] };
    lines.set(key, line);
    return line;
  }

  return {
    async acquire(key, signal) {
      signal.throwIfAborted();
      const line = lineOf(key);
      if (line.running < line.places) line.running += 1;
      else await queue(line.waiting, signal);
      return () => {
        line.running -= 1;
        fill(line);
      };
    },
    allow(key, places) {
      const line = lineOf(key);
      line.places = places;
      fill(line);
    },
    running: (key) => lines.get(key)?.running ?? 0,
  };
}

/** Whoever is let in here has the place at once, so that nobody takes it before the promise is heard. */
function fill(line: Line): void {
  while (line.running < line.places) {
    const next = line.waiting.shift();
    if (!next) return;
    line.running += 1;
    next();
  }
}

function queue(line: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
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
