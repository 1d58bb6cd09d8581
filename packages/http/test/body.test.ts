import { Readable } from "node:stream";
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import { HttpError } from "../src/index.ts";
import { client, failureOf, serve, serveRaw, told, type Loopback } from "./loopback.ts";

const TEXT = "Who made this, and how? ".repeat(40);

async function sending(bytes: Uint8Array, headers: Record<string, string> = {}): Promise<Loopback> {
  return serve((_, response) => response.writeHead(200, headers).end(bytes));
}

function endless(chunk: Uint8Array): Readable {
  return new Readable({
    read() {
      this.push(chunk);
    },
  });
}

describe("fetchBytes", () => {
  test.each([
    ["gzip", gzipSync(TEXT)],
    ["X-GZIP", gzipSync(TEXT)],
    ["deflate", deflateSync(TEXT)],
    ["br", brotliCompressSync(TEXT)],
    ["identity", Buffer.from(TEXT)],
  ])("decodes %s", async (coding, bytes) => {
    const server = await sending(bytes, { "content-encoding": coding });
    expect(told(await client([server]).fetchBytes({ url: server.origin, maxBytes: 2000 }))).toBe(`200 ${TEXT}`);
  });

  it("offers the codings that it reads", async () => {
    const server = await sending(Buffer.from("ok"));
    await client([server]).fetchBytes({ url: server.origin, maxBytes: 10 });
    expect(server.seen[0]?.headers["accept-encoding"]).toBe("gzip, deflate, br");
  });

  it("takes a body of exactly the cap, and no byte more", async () => {
    const server = await serve((_, response) => {
      response.write("1234");
      response.end("5");
    });
    const http = client([server]);
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 5 }))).toBe("200 12345");
    expect(failureOf(await http.fetchBytes({ url: `${server.origin}/a?b`, maxBytes: 4 }))).toEqual({
      code: "too-large",
      message: `${server.origin}/a answers with more than 4 bytes`,
      hint: "No more than 4 bytes are accepted here. Ask the server's operator, or check the URL.",
    });
    expect(server.seen).toHaveLength(2);
  });

  it("refuses a Content-Length over the cap without reading", async () => {
    // Not a byte of the body comes, so only the header can tell.
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-length": String(2 ** 30) }).flushHeaders();
    });
    const answer = await client([server]).fetchBytes({ url: server.origin, maxBytes: 1000 });
    expect(failureOf(answer).code).toBe("too-large");
  });

  it("stops a body without end at the cap", async () => {
    let sent = 0;
    const server = await serve((_, response) => {
      const body = endless(Buffer.alloc(65_536));
      body.on("data", (chunk: Uint8Array) => (sent += chunk.byteLength));
      body.pipe(response);
      response.on("close", () => body.destroy());
    });
    const answer = await client([server]).fetchBytes({ url: server.origin, maxBytes: 100_000 });
    expect(failureOf(answer).code).toBe("too-large");
    expect(sent).toBeLessThan(64 * 2 ** 20);
  });

  it("stops a gzip bomb early and in little memory", async () => {
    const bomb = await new Promise<Buffer>((resolve) => {
      const gzip = createGzip({ level: 9 });
      const chunks: Buffer[] = [];
      gzip.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => resolve(Buffer.concat(chunks)));
      let left = 256;
      const zeros = Buffer.alloc(2 ** 20);
      new Readable({
        read() {
          this.push(left-- > 0 ? zeros : null);
        },
      }).pipe(gzip);
    });
    expect(bomb.byteLength).toBeLessThan(400_000);
    const server = await sending(bomb, { "content-encoding": "gzip" });
    const before = process.memoryUsage().rss;
    const answer = await client([server]).fetchBytes({ url: server.origin, maxBytes: 2 ** 20 });
    expect(failureOf(answer).code).toBe("too-large");
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  it("caps the wire too, where nothing comes out of the decoder", async () => {
    // Empty gzip members, one after the other, decode to no byte at all.
    const empty = gzipSync("");
    const server = await serve((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      const body = endless(Buffer.concat(Array.from({ length: 1000 }, () => empty)));
      body.pipe(response);
      response.on("close", () => body.destroy());
    });
    const answer = await client([server]).fetchBytes({ url: server.origin, maxBytes: 50_000 });
    expect(failureOf(answer).code).toBe("too-large");
  });

  test.each([
    ["gzip", gzipSync(TEXT).subarray(0, -10)],
    ["gzip", Buffer.from("no gzip")],
    ["deflate", deflateSync(TEXT).subarray(0, -10)],
    ["br", brotliCompressSync(TEXT).subarray(0, -10)],
    ["zip", Buffer.from(TEXT)],
    ["gzip, gzip", gzipSync(gzipSync(TEXT))],
    ["constructor", Buffer.from(TEXT)],
  ])("calls a damaged or unknown coding unreadable (%s)", async (coding, bytes) => {
    const server = await sending(bytes, { "content-encoding": coding });
    const answer = await client([server]).fetchBytes({ url: server.origin, maxBytes: 2000 });
    expect(failureOf(answer).code).toBe("unreadable");
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ["Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"],
    ["Content-Length, closing", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\n12345"],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"],
    ["chunks, closing", "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"],
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\n12345"],
  ])("never passes a truncated body on as whole (%s)", async (_, raw) => {
    const server = await serveRaw(raw);
    const answer = await client([server]).fetchBytes({ url: server.origin, maxBytes: 100, retries: 0 });
    expect(["unreachable", "unreadable"]).toContain(failureOf(answer).code);
  });

  it("ends at the Content-Length, whatever follows", async () => {
    const server = await serveRaw("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n12345");
    const answer = await client([server]).fetchBytes({ url: server.origin, maxBytes: 100, retries: 0 });
    expect(answer.outcome === "answered" ? told(answer) : "200 123").toBe("200 123");
  });

  it("calls what is no HTTP unreadable", async () => {
    const server = await serveRaw("SSH-2.0-OpenSSH_9.6\r\n");
    expect(failureOf(await client([server]).fetchBytes({ url: server.origin, maxBytes: 100 })).code).toBe("unreadable");
    expect(server.sockets.opened).toBe(1);
  });

  it("takes the head of a HEAD request, however large the body would be", async () => {
    const server = await sending(Buffer.alloc(0), { "content-length": "1000000", "content-encoding": "gzip" });
    const answer = await client([server]).fetchBytes({ url: server.origin, method: "HEAD", maxBytes: 10 });
    expect(answer).toMatchObject({ code: 200, headers: { "content-length": "1000000" }, bytes: new Uint8Array() });
    expect(server.seen[0]?.method).toBe("HEAD");
  });

  it("takes an answer without a body", async () => {
    const server = await serve((_, response) => response.writeHead(204, { "content-encoding": "gzip" }).end());
    expect(told(await client([server]).fetchBytes({ url: server.origin, maxBytes: 0 }))).toBe("204 ");
  });

  it("joins repeated headers and leaves cookies out", async () => {
    const server = await serve((_, response) =>
      response
        .writeHead(200, [
          ["Link", "<a>"],
          ["Link", "<b>"],
          ["Set-Cookie", "session=secret"],
        ])
        .end(),
    );
    const answer = await client([server]).fetchBytes({ url: server.origin, maxBytes: 0 });
    expect(answer).toMatchObject({ headers: { link: "<a>, <b>" } });
    expect(JSON.stringify(answer)).not.toContain("secret");
  });
});

describe("fetchStream", () => {
  const lengthOf = async (body: AsyncIterable<Uint8Array>): Promise<number> => {
    let length = 0;
    for await (const chunk of body) length += chunk.byteLength;
    return length;
  };

  it("hands the decoded body and the head to the reader", async () => {
    const server = await sending(gzipSync(TEXT), { "content-encoding": "gzip" });
    const answer = await client([server]).fetchStream({ url: server.origin, maxBytes: 2000 }, async (body, head) => [
      head.code,
      await lengthOf(body),
    ]);
    expect(answer).toMatchObject({ outcome: "answered", code: 200, from: "network", value: [200, TEXT.length] });
  });

  it("streams: the reader sees the first bytes before the last are sent", async () => {
    let finish = (): void => {};
    const server = await serve((_, response) => {
      response.write("first");
      finish = () => response.end("last");
    });
    const answer = await client([server]).fetchStream({ url: server.origin, maxBytes: 100 }, async (body) => {
      const chunks: string[] = [];
      for await (const chunk of body) {
        chunks.push(Buffer.from(chunk).toString());
        finish();
      }
      return chunks;
    });
    expect(answer).toMatchObject({ value: ["first", "last"] });
  });

  it("fails when the body is interrupted, even if the reader hides it", async () => {
    const server = await sending(Buffer.alloc(500), { "transfer-encoding": "chunked" });
    const http = client([server]);
    const caught: unknown[] = [];
    const answer = await http.fetchStream({ url: server.origin, maxBytes: 100 }, (body) =>
      lengthOf(body).catch((error: unknown) => void caught.push(error)),
    );
    expect(failureOf(answer).code).toBe("too-large");
    expect(caught[0]).toBeInstanceOf(HttpError);
    expect(caught[0]).toMatchObject({ code: "BODY_INTERRUPTED", failure: { code: "too-large" } });
    expect(failureOf(await http.fetchStream({ url: server.origin, maxBytes: 100 }, lengthOf)).code).toBe("too-large");
  });

  it("runs the reader once at most, though the connection breaks", async () => {
    const server = await serveRaw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
    let runs = 0;
    const answer = await client([server]).fetchStream({ url: server.origin, maxBytes: 100 }, (body) => {
      runs += 1;
      return lengthOf(body);
    });
    expect(failureOf(answer).code).toBe("unreachable");
    expect(runs).toBe(1);
  });

  it("retries what fails before the body", async () => {
    const server = await serve((_, response) => response.writeHead(server.seen.length === 1 ? 503 : 200).end("ok"));
    expect(await client([server]).fetchStream({ url: server.origin, maxBytes: 100 }, lengthOf)).toMatchObject({
      code: 200,
      value: 2,
    });
  });

  it("throws what the reader throws, and ends the exchange", async () => {
    const server = await serve((_, response) => void response.write("first"));
    const http = client([server], { concurrencyPerHost: 1 });
    const read = async (): Promise<never> => {
      throw new RangeError("not what I wanted");
    };
    await expect(http.fetchStream({ url: server.origin, maxBytes: 100 }, read)).rejects.toThrow(RangeError);
    // With one place per host, a second request shows that the first gave its place back.
    await expect(http.fetchStream({ url: server.origin, maxBytes: 100 }, read)).rejects.toThrow(RangeError);
  });

  it("takes the value of a reader that stops early", async () => {
    const server = await serve((_, response) => {
      const body = endless(Buffer.alloc(1000));
      body.pipe(response);
      response.on("close", () => body.destroy());
    });
    const answer = await client([server]).fetchStream({ url: server.origin, maxBytes: 10 ** 9 }, async (body) => {
      for await (const chunk of body) return chunk.byteLength > 0;
      return false;
    });
    expect(answer).toMatchObject({ value: true });
  });
});
