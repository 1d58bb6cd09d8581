import { setTimeout as wait } from "node:timers/promises";
import { HttpError } from "./error.ts";
import { showText } from "./failure.ts";

/** Proxy URLs, already resolved from environment and configuration by the caller; they may carry user info. */
export interface ProxyOptions {
  readonly http?: string;
  readonly https?: string;
  /** Comma or space separated: `host`, `.suffix`, `host:port` or `*`. */
  readonly noProxy?: string;
}

export interface HttpOptions {
  readonly userAgent: string;
  /** No socket is opened, DNS included; every request fails with `offline`. */
  readonly offline?: boolean;
  /** Requests that the whole client may send, retries and redirects included. */
  readonly maxRequests?: number;
  /** Folder of the disk cache, made when needed. Absent: no disk cache. */
  readonly cacheDir?: string;
  readonly proxy?: ProxyOptions;
  /** PEM, trusted besides the system's roots. */
  readonly ca?: readonly string[];
  /** PEM client certificate and key, shown to trusted hosts alone. */
  readonly cert?: string;
  readonly key?: string;
  /** False accepts any server certificate, everywhere. Default true. */
  readonly strictTls?: boolean;
  /** Requests in flight per host. Default 20. */
  readonly concurrencyPerHost?: number;
  /**
   * Hosts that the user named, as `URL.host` gives them (`host`, or `host:port` unless the port is the scheme's own).
   * They may have private addresses and speak plain http.
   */
  readonly trustedHosts?: readonly string[];
  /** Milliseconds since the epoch. For tests, as are the next two. */
  readonly clock?: () => number;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Options with their defaults. */
export interface Settings {
  readonly userAgent: string;
  readonly offline: boolean;
  readonly maxRequests: number;
  readonly cacheDir: string | undefined;
  readonly proxy: ProxyOptions;
  readonly tls: { ca: readonly string[]; cert: string | undefined; key: string | undefined; strict: boolean };
  readonly concurrencyPerHost: number;
  readonly trustedHosts: ReadonlySet<string>;
  readonly clock: () => number;
  readonly random: () => number;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Fills in the defaults. Throws OPTION_INVALID. */
export function readOptions(options: HttpOptions): Settings {
  const { maxRequests = Infinity, concurrencyPerHost = 20 } = options;
  if (!(maxRequests >= 0)) throw invalid(`maxRequests ${maxRequests} is not a number of requests`);
  if (!(concurrencyPerHost >= 1)) throw invalid(`concurrencyPerHost ${concurrencyPerHost} lets no request through`);
  if (!/^[\x20-\x7e]+$/.test(options.userAgent)) throw invalid("userAgent is empty or not printable ASCII");
  checkProxy(options.proxy?.http);
  checkProxy(options.proxy?.https);
  return {
    userAgent: options.userAgent,
    offline: options.offline ?? false,
    maxRequests,
    cacheDir: options.cacheDir,
    proxy: options.proxy ?? {},
    tls: { ca: options.ca ?? [], cert: options.cert, key: options.key, strict: options.strictTls ?? true },
    concurrencyPerHost,
    trustedHosts: new Set((options.trustedHosts ?? []).map((host) => host.toLowerCase())),
    clock: options.clock ?? Date.now,
    random: options.random ?? Math.random,
    sleep: options.sleep ?? ((milliseconds, signal) => wait(milliseconds, undefined, signal && { signal })),
  };
}

function checkProxy(proxy: string | undefined): void {
  if (proxy === undefined) return;
  const url = URL.parse(proxy);
  if (url?.protocol === "http:" || url?.protocol === "https:") return;
  throw invalid(`proxy "${showText(proxy)}" is not an http or https URL`, "Write it as http://host:port.");
}

function invalid(message: string, hint?: string): HttpError {
  return new HttpError("OPTION_INVALID", message, hint === undefined ? {} : { hint });
}
