import type { Patience } from "../src/patience.ts";

/** Looks once. */
export const IMPATIENT: Patience = { patienceMs: 0, now: () => 0, wait: () => Promise.resolve() };
