import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import {
  connect,
  createServer as createSocketServer,
  type AddressInfo,
  type Server as SocketServer,
  type Socket,
} from "node:net";
import { onTestFinished } from "vitest";
import { createHttp, type Http, type HttpAnswer, type HttpFailure, type HttpOptions } from "../src/index.ts";

function pem(name: string): string {
  return readFileSync(new URL(`fixtures/tls/${name}`, import.meta.url), "utf8");
}

export const CA: string = pem("ca.pem");
export const CLIENT = { cert: pem("client.pem"), key: pem("client.key") };
const SERVER = { cert: pem("server.pem"), key: pem("server.key") };

export interface Loopback {
  /** `http(s)://127.0.0.1:port` */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  readonly seen: readonly IncomingMessage[];
  /** Sockets opened so far, and those still open. */
  readonly sockets: { opened: number; open: number };
}

/** Serves until the test ends, over TLS where asked for. */
export async function serve(listener: RequestListener, tls: "tls" | "mutual" | "plain" = "plain"): Promise<Loopback> {
  const seen: IncomingMessage[] = [];
  const recorded: RequestListener = (request, response) => {
    seen.push(request);
    listener(request, response);
  };
  const mutual = tls === "mutual" && { ca: CA, requestCert: true, rejectUnauthorized: false };
  const server = tls === "plain" ? createServer(recorded) : createTlsServer({ ...SERVER, ...mutual }, recorded);
  return { ...(await listen(server, tls === "plain" ? "http" : "https")), seen };
}

/** Answers every connection with these bytes, and then closes it. */
export async function serveRaw(text: string | Buffer): Promise<Loopback> {
  const server = createSocketServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(text));
  });
  return { ...(await listen(server, "http")), seen: [] };
}

/** A forward proxy that leads every name to one port of this machine. */
export async function serveProxy(target: Loopback): Promise<Loopback & { readonly tunnels: string[] }> {
  const tunnels: string[] = [];
  const seen: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(request);
    response.end("from the proxy");
  });
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    tunnels.push(request.url ?? "");
    seen.push(request);
    const upstream = connect(target.port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
    });
    for (const end of [socket, upstream]) end.on("error", () => {});
    socket.on("close", () => upstream.destroy());
  });
  return { ...(await listen(server, "http")), seen, tunnels };
}

async function listen(server: SocketServer, scheme: string): Promise<Omit<Loopback, "seen">> {
  const open = new Set<Socket>();
  const sockets = { opened: 0, open: 0 };
  server.on("connection", (socket: Socket) => {
    sockets.opened += 1;
    sockets.open += 1;
    open.add(socket);
    socket.on("close", () => {
      sockets.open -= 1;
      open.delete(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `${scheme}://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, port, sockets };
}

/** A client that does not really wait; `waits` has the milliseconds it would have waited. */
export function client(
  servers: readonly Loopback[],
  options: Partial<HttpOptions> = {},
): Http & { readonly waits: number[] } {
  const waits: number[] = [];
  const http = createHttp({
    userAgent: "colophon-test",
    trustedHosts: servers.map(({ host }) => host),
    random: () => 1 - Number.EPSILON,
    sleep: async (milliseconds) => void waits.push(milliseconds),
    ...options,
  });
  onTestFinished(() => http.close());
  return { ...http, waits };
}

/** The body as text, or the failure's code, with the status in front. */
export function told(answer: HttpAnswer): string {
  if (answer.outcome === "failed") return answer.reason.code;
  return `${answer.code} ${Buffer.from(answer.bytes).toString()}`;
}

export function failureOf(answer: { outcome: "answered" } | { outcome: "failed"; reason: HttpFailure }): HttpFailure {
  if (answer.outcome === "answered") throw new Error("answered");
  return answer.reason;
}
