/** What was asked of one host. `sent` counts attempts, with retries, redirects and what never got through. */
export interface HostCounts {
  sent: number;
  /** Answers whose body the disk cache had, after the host confirmed it. */
  cached: number;
  retried: number;
}

/** Counts requests by host and keeps the budget of the client. */
export interface Ledger {
  /** Books one attempt; false, and nothing booked, when the budget is spent. */
  spend(host: string, retry: boolean): boolean;
  cached(host: string): void;
  counts(): Readonly<Record<string, Readonly<HostCounts>>>;
}

export function createLedger(maxRequests: number): Ledger {
  const hosts = new Map<string, HostCounts>();
  let left = maxRequests;

  function of(host: string): HostCounts {
    const known = hosts.get(host) ?? { sent: 0, cached: 0, retried: 0 };
    hosts.set(host, known);
    return known;
  }

  return {
    spend(host, retry) {
      if (left < 1) return false;
      left -= 1;
      of(host).sent += 1;
      if (retry) of(host).retried += 1;
      return true;
    },
    cached(host) {
      of(host).cached += 1;
    },
    counts() {
      const sorted = [...hosts].sort(([left], [right]) => (left < right ? -1 : 1));
      return Object.fromEntries(sorted.map(([host, counts]) => [host, { ...counts }]));
    },
  };
}
