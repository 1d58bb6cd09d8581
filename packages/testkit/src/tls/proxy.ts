import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecureContext, TLSSocket } from "node:tls";
import { createHostAuthority } from "./certificates.ts";

/** What a client asked of a host; one that the proxy refused (`host:port`) has neither method nor path. */
export interface ProxiedRequest {
  readonly host: string;
  readonly method?: string;
  readonly path?: string;
}

/** A proxy that stands in for hosts of the outside. */
export interface TlsProxy {
  /** For clients that take their proxy as an option. */
  readonly url: string;
  /** File with the certificate that clients have to trust, PEM. */
  readonly caFile: string;
  /** For child processes: where the proxy is and what to trust; loopback is reached without it. */
  readonly env: Readonly<Record<string, string>>;
  /** The oldest first. */
  readonly requests: readonly ProxiedRequest[];
  close(): Promise<void>;
}

/**
 * Starts an HTTP proxy on loopback that answers TLS for the given host names with certificates of its own authority and
 * forwards what they are asked to the base URL (plain HTTP, loopback) beside the name. Every other host is refused with 403.
 */
export async function startTlsProxy(hosts: Readonly<Record<string, string>>): Promise<TlsProxy> {
  const authority = await createHostAuthority();
  const contexts = new Map<string, SecureContext>();
  for (const host of Object.keys(hosts)) contexts.set(host, await authority.certify(host));
  const requests: ProxiedRequest[] = [];

  const inner = createHttpsServer({ SNICallback: (host, done) => done(null, contexts.get(host)) }, (asked, answer) => {
    const host = String((asked.socket as TLSSocket).servername);
    const { method = "GET", url: path = "/" } = asked;
    requests.push({ host, method, path });
    forward(asked, answer, hosts[host] ?? "");
  });
  const open = new Set<{ destroy(): void }>();
  const outer = createServer((asked, answer) => {
    requests.push({ host: asked.headers.host ?? "" });
    answer.writeHead(403).end();
  });
  outer.on("connect", (asked, socket) => {
    const host = /^(?<host>.+):443$/u.exec(asked.url ?? "")?.groups?.["host"];
    if (host === undefined || !contexts.has(host)) {
      requests.push({ host: asked.url ?? "" });
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    socket.on("error", () => socket.destroy());
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    inner.emit("connection", socket);
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => outer.listen(0, "127.0.0.1", resolve));
  const folder = await mkdtemp(join(tmpdir(), "testkit-tls-"));
  const caFile = join(folder, "ca.pem");
  await writeFile(caFile, authority.pem);
  const url = `http://127.0.0.1:${(outer.address() as AddressInfo).port}`;
  const noProxy = "127.0.0.1,localhost";
  return {
    url,
    caFile,
    env: {
      // Clients differ in the case that they look for; Node's own fetch looks only when it is told to.
      HTTPS_PROXY: url,
      https_proxy: url,
      NO_PROXY: noProxy,
      no_proxy: noProxy,
      NODE_USE_ENV_PROXY: "1",
      NODE_EXTRA_CA_CERTS: caFile,
    },
    requests,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => {
        outer.close(() => resolve());
        outer.closeAllConnections();
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function forward(asked: IncomingMessage, answer: ServerResponse, base: string): void {
  const { host: _, ...headers } = asked.headers;
  const onward = httpRequest(`${base}${asked.url ?? "/"}`, { method: asked.method ?? "GET", headers });
  onward.on("response", (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(answer);
    reply.on("error", () => answer.destroy());
  });
  onward.on("error", () => answer.destroy());
  asked.pipe(onward);
}
