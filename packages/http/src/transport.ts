import { getCACertificates } from "node:tls";
import { Agent, ProxyAgent, type Dispatcher } from "undici";
import { lookupPublic } from "./addresses.ts";
import { isTrusted } from "./admission.ts";
import type { Settings } from "./options.ts";
import { proxyFor } from "./proxy.ts";
import type { Method } from "./request.ts";

const CONNECT_MS = 10_000;
const IDLE_MS = 30_000;

export interface WireRequest {
  readonly url: URL;
  readonly method: Method;
  readonly body?: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The head of an answer and its body, not decoded yet. The body must be read or destroyed. */
export interface WireResponse {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Dispatcher.ResponseData["body"];
}

/** The sockets. Connecting is bound to 10 s, silence to 30 s. */
export interface Transport {
  /** Sends one request, follows and retries nothing. Rejects with the errors of undici and Node. */
  send(request: WireRequest): Promise<WireResponse>;
  close(): Promise<void>;
}

export function createTransport(settings: Settings): Transport {
  const dispatchers = new Map<string, Dispatcher>();

  function dispatcherFor(url: URL): Dispatcher {
    const trusted = isTrusted(url, settings.trustedHosts);
    const proxy = proxyFor(url, settings.proxy);
    const key = `${trusted} ${proxy ?? ""}`;
    const dispatcher = dispatchers.get(key) ?? createDispatcher(settings, trusted, proxy);
    dispatchers.set(key, dispatcher);
    return dispatcher;
  }

  return {
    async send({ url, method, headers, body: sent = null, signal }) {
      const {
        statusCode,
        headers: received,
        body,
      } = await dispatcherFor(url).request({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers,
        body: sent,
        signal,
        headersTimeout: IDLE_MS,
        bodyTimeout: IDLE_MS,
      });
      // A body that is destroyed before its end says so by an event that nobody else would hear.
      body.on("error", () => {});
      return { code: statusCode, headers: plainHeaders(received), body };
    },
    async close() {
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

// HTTP/1.1 only: its framing tells a broken-off body from a whole one on every path below.
function createDispatcher({ tls }: Settings, trusted: boolean, proxy: string | undefined): Dispatcher {
  const verification = {
    allowH2: false,
    timeout: CONNECT_MS,
    rejectUnauthorized: tls.strict,
    ...(tls.ca.length > 0 && { ca: [...getCACertificates("default"), ...tls.ca] }),
  };
  const identity = trusted ? { ...(tls.cert && { cert: tls.cert }), ...(tls.key && { key: tls.key }) } : {};
  const requestTls = { ...verification, ...identity };
  if (proxy !== undefined) return new ProxyAgent({ uri: proxy, requestTls, proxyTls: verification });
  return new Agent({ connect: trusted ? requestTls : { ...requestTls, lookup: lookupPublic } });
}

function plainHeaders(received: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(received).filter(([name, value]) => name !== "set-cookie" && value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : `${value}`]),
  );
}
