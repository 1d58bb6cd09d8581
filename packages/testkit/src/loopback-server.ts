import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What a loopback server answers; `body` may be a stream of chunks, endless included. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** A request as a handler sees it; `path` is as sent, still encoded, with its query. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The body before it was read as text. */
  readonly bytes: Uint8Array;
}

/** A running server; `url` has no slash at its end. */
export interface LoopbackServer {
  readonly url: string;
  close(): Promise<void>;
}

const LARGEST_REQUEST = 16 * 1024 * 1024;

/**
 * Serves plain HTTP on a free port of 127.0.0.1. A handler that answers "reset" has the connection torn down;
 * one that throws is answered 500 with the message.
 */
export async function serveLoopback(
  handle: (request: Request) => Reply | "reset" | Promise<Reply | "reset">,
): Promise<LoopbackServer> {
  const server = createServer((incoming, response) => {
    // A request that breaks off takes its own reference to the socket away.
    const { socket } = incoming;
    answer(incoming, response, handle).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        if (!server.listening) return resolve();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function answer(
  incoming: IncomingMessage,
  response: ServerResponse,
  handle: (request: Request) => Reply | "reset" | Promise<Reply | "reset">,
): Promise<void> {
  const bytes = await readBody(incoming);
  const { method = "GET", url: path = "/", headers } = incoming;
  let reply: Reply | "reset";
  try {
    reply = await handle({ method, path, headers, body: bytes.toString("utf8"), bytes });
  } catch (error) {
    reply = { status: 500, body: error instanceof Error ? error.message : String(error) };
  }
  if (reply === "reset") {
    incoming.socket.resetAndDestroy();
    return;
  }
  const answered = toBytes(reply.body);
  const length = answered instanceof Uint8Array ? { "content-length": String(answered.byteLength) } : {};
  response.writeHead(reply.status, { ...length, ...reply.headers });
  if (answered instanceof Uint8Array) response.end(answered);
  else await stream(answered, response);
}

function toBytes(body: Reply["body"]): Uint8Array | AsyncIterable<string | Uint8Array> {
  if (body === undefined) return new Uint8Array();
  return typeof body === "string" ? Buffer.from(body) : body;
}

async function stream(chunks: AsyncIterable<string | Uint8Array>, response: ServerResponse): Promise<void> {
  const gone = new Promise<void>((resolve) => response.once("close", resolve));
  for await (const chunk of chunks) {
    if (response.destroyed) return;
    if (response.write(chunk)) continue;
    await Promise.race([gone, new Promise<void>((resolve) => response.once("drain", resolve))]);
  }
  response.end();
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk as Uint8Array);
    length += bytes.byteLength;
    if (length > LARGEST_REQUEST) throw new RangeError(`request body over ${LARGEST_REQUEST} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
