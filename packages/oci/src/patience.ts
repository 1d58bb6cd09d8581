/** How long a registry may take until it serves what it was given. */
export interface Patience {
  readonly patienceMs: number;
  /** Milliseconds since some moment. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

/** Looks until something is found, after pauses that double, and gives what was seen last. */
export async function lookUntil<Seen>(
  look: () => Promise<Seen>,
  isEnough: (seen: Seen) => boolean,
  { patienceMs, now, wait }: Patience,
): Promise<Seen> {
  const until = now() + patienceMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const seen = await look();
    const left = until - now();
    if (isEnough(seen) || left <= 0) return seen;
    await wait(Math.min(pause, left));
  }
}
