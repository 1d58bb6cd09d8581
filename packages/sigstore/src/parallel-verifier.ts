import type { Verifier } from "@colophon/core";
import type { ConfiguredKey } from "./configured-key.ts";
import type { TrustSource } from "./trust/trust-root.ts";
import { createVerifier } from "./verifier.ts";

// So many are done here before a thread would be up.
const FIRST_HERE = 16;

export interface ParallelVerifier extends Verifier {
  /** Ends the threads; to be called once, when no authentication is under way. */
  close(): Promise<void>;
}

/**
 * Authenticates as `createVerifier` does, and with the same answers; after the first proofs on worker threads, one for
 * each processor, so that it goes on beside the network. What is asked for at once is authenticated at once.
 */
export function createParallelVerifier(options: {
  readonly trust: TrustSource;
  readonly keys: readonly ConfiguredKey[];
}): ParallelVerifier {
  const { trust, keys } = options;
  const here = createVerifier(options);
  let asked = 0;
  let starting: ReturnType<typeof start> | undefined;
  const start = async () => {
    const { startThreads } = await import("./threads/start.ts");
    return await startThreads(await trust.load(), keys);
  };
  return {
    authenticate: async (proof, claimed) => {
      asked += 1;
      if (asked <= FIRST_HERE) return await here.authenticate(proof, claimed);
      const threads = await (starting ??= start());
      return await threads.run({ proof, claimed });
    },
    // What could not be started is told by those that asked for it.
    close: async () => await (await starting?.catch(() => undefined))?.close(),
  };
}
