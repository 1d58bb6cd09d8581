import type { ReadyKey } from "./configured-key.ts";
import type { ReadyTrust } from "./trust-material.ts";

/** What every proof is held against; the trust root is loaded by the first proof that needs it. */
export interface Context {
  readonly keys: readonly ReadyKey[];
  readonly trust: () => Promise<ReadyTrust>;
}
