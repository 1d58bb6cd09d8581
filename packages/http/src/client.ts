import type { World } from "./attempt.ts";
import { createCache } from "./cache.ts";
import { collectBytes } from "./collect.ts";
import type { HttpFailed } from "./failure.ts";
import { createLedger, type HostCounts } from "./ledger.ts";
import { createLimiter } from "./limiter.ts";
import { readOptions, type HttpOptions } from "./options.ts";
import { createPauses } from "./pauses.ts";
import { pursue } from "./pursue.ts";
import { checkRequest, type HttpAnswer, type HttpHead, type HttpRequest } from "./request.ts";
import type { Transport } from "./transport.ts";

/** Reads a streamed body. The host's place is held meanwhile: it must not ask the same host for more. */
export type ReadBody<T> = (body: AsyncIterable<Uint8Array>, head: HttpHead) => Promise<T>;

/** The one client. Both requests throw OPTION_INVALID for a request that is the caller's mistake, nothing else of theirs. */
export interface Http {
  /** The whole body, decompressed, from the network or confirmed by it. */
  fetchBytes(request: HttpRequest): Promise<HttpAnswer>;
  /**
   * The body as it comes, decompressed; never cached. `read` runs once at most, for a final answer of any status, and
   * may stop early. What it throws is thrown, unless its body was interrupted: then the request failed.
   */
  fetchStream<T>(request: HttpRequest, read: ReadBody<T>): Promise<(HttpHead & { readonly value: T }) | HttpFailed>;
  /** By host, as `URL.host` gives it, sorted. */
  counts(): Readonly<Record<string, Readonly<HostCounts>>>;
  /** Ends all sockets and waits; requests under way fail as `aborted`. */
  close(): Promise<void>;
}

/** Opens nothing by itself. Throws OPTION_INVALID. */
export function createHttp(options: HttpOptions): Http {
  const settings = readOptions(options);
  const closing = new AbortController();
  const cache = settings.cacheDir === undefined ? undefined : createCache(settings.cacheDir);
  let transport: Promise<Transport> | undefined;
  const { concurrencyPerHost: places, clock, sleep } = settings;
  const limiter = createLimiter(places);
  const world: World = {
    settings,
    limiter,
    pauses: createPauses({ limiter, places, clock, sleep, closing: closing.signal }),
    ledger: createLedger(settings.maxRequests),
    // undici takes long to load: a run that asks nothing must not pay for it.
    transport: () => (transport ??= import("./transport.ts").then(({ createTransport }) => createTransport(settings))),
    closing: closing.signal,
  };
  return {
    async fetchBytes(written) {
      const request = checkRequest(written);
      return pursue(world, request, collectBytes(request, cache));
    },
    async fetchStream(written, read) {
      return pursue(world, checkRequest(written), {
        repeatable: false,
        prepare: async () => ({ validators: {}, take: async (body, head) => ({ value: await read(body, head) }) }),
      });
    },
    counts: () => world.ledger.counts(),
    async close() {
      closing.abort();
      await (await transport)?.close();
    },
  };
}
