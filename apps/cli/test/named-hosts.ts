import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";

const TLS = new URL("../../../packages/http/test/fixtures/tls/", import.meta.url);

/** Trusts the certificate that both hosts have. */
export const AUTHORITY: string = fileURLToPath(new URL("ca.pem", TLS));

export interface Answer {
  readonly status?: number;
  readonly location?: string;
  readonly body?: string | Uint8Array;
}

export interface NamedHosts {
  /** Proxy, for the environment: names resolve there alone. */
  readonly proxy: string;
  /** Every request that left the process, in order: host, path, and whether an authorization went along. */
  readonly seen: readonly string[];
  close(): void;
}

/** Hosts of the open internet as far as a process can tell, behind a proxy that sees all that is asked of any host. */
export async function serveNames(
  answer: (host: string, path: string, authorization: string | undefined) => Answer,
): Promise<NamedHosts> {
  const seen: string[] = [];
  const [cert, key] = ["server.pem", "server.key"].map((name) => readFileSync(new URL(name, TLS)));
  const hosts = createTlsServer({ cert, key }, (request, response) => {
    const { url = "", headers } = request;
    const host = headers.host ?? "";
    seen.push(`${host}${url}${headers.authorization === undefined ? "" : " with a token"}`);
    const { status = 200, location, body } = answer(host, url, headers.authorization);
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  const { port } = await listen(hosts);
  const proxy = createServer((request, response) => {
    seen.push(`in the clear: ${request.url}`);
    response.writeHead(502).end();
  });
  proxy.on("connect", (request: IncomingMessage, socket: Socket) => {
    if (!/^(?:registry|other)\.example:443$/.test(request.url ?? "")) seen.push(`tunnel to ${request.url}`);
    const upstream = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
    });
    for (const end of [socket, upstream]) end.on("error", () => {});
    socket.on("close", () => upstream.destroy());
  });
  const address = await listen(proxy);
  return {
    proxy: `http://127.0.0.1:${address.port}`,
    seen,
    close() {
      proxy.close();
      hosts.close();
    },
  };
}

async function listen(server: Server): Promise<AddressInfo> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address() as AddressInfo;
}
