import type { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { CA, CLIENT, client, failureOf, serve, serveProxy, told } from "./loopback.ts";

describe("TLS", () => {
  it("refuses a server whose authority is unknown, once and for all", async () => {
    const server = await serve((_, response) => response.end("ok"), "tls");
    const http = client([server]);
    const failure = failureOf(await http.fetchBytes({ url: server.origin, maxBytes: 10 }));
    expect(failure.code).toBe("tls");
    expect(failure.message).toMatch(/no trusted TLS connection \([A-Z_]+\)$/);
    expect(failure.hint).toContain("ca");
    expect(http.counts()[server.host]).toEqual({ sent: 1, cached: 0, retried: 0 });
    expect(server.seen).toHaveLength(0);
  });

  it("accepts an authority that the user gives", async () => {
    const server = await serve((_, response) => response.end("ok"), "tls");
    expect(told(await client([server], { ca: [CA] }).fetchBytes({ url: server.origin, maxBytes: 10 }))).toBe("200 ok");
  });

  it("refuses a certificate of another name", async () => {
    const server = await serve((_, response) => response.end("ok"), "tls");
    const relay = await serveProxy(server);
    const http = client([], { ca: [CA], proxy: { https: relay.origin } });
    expect(told(await http.fetchBytes({ url: "https://third.example/", maxBytes: 10 }))).toBe("tls");
  });

  it("accepts any certificate only when strictTls is false", async () => {
    const server = await serve((_, response) => response.end("ok"), "tls");
    const http = client([server], { strictTls: false });
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 10 }))).toBe("200 ok");
  });

  it("calls a server that speaks no TLS a TLS failure", async () => {
    const server = await serve((_, response) => response.end("ok"));
    const http = client([server]);
    expect(told(await http.fetchBytes({ url: server.origin.replace("http:", "https:"), maxBytes: 10 }))).toBe("tls");
  });

  it("shows the client certificate to a trusted host alone", async () => {
    const server = await serve((request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      response.end(subject?.CN ?? "nobody");
    }, "mutual");
    const relay = await serveProxy(server);
    const options = { ca: [CA], ...CLIENT, proxy: { https: relay.origin } };
    const http = client([], { ...options, trustedHosts: ["registry.example"] });
    expect(told(await http.fetchBytes({ url: "https://registry.example/", maxBytes: 10 }))).toBe("200 client");
    expect(told(await http.fetchBytes({ url: "https://other.example/", maxBytes: 10 }))).toBe("200 nobody");
  });
});

it("keeps connections for the requests that follow, retried answers included", async () => {
  const server = await serve((_, response) => {
    if (server.seen.length % 2 === 1) response.writeHead(503).end(Buffer.alloc(60_000));
    else response.end("ok");
  });
  const http = client([server]);
  for (const path of "abcdefghij") await http.fetchBytes({ url: `${server.origin}/${path}`, maxBytes: 10 });
  expect(server.seen).toHaveLength(20);
  // undici opens a second one where a request comes in the moment that another ends.
  expect(server.sockets.opened).toBeLessThanOrEqual(2);
});

it("tells that nothing listens", async () => {
  const server = await serve((_, response) => response.end());
  const port = server.port === 1 ? 2 : 1;
  const http = client([], { trustedHosts: [`127.0.0.1:${port}`] });
  const failure = failureOf(await http.fetchBytes({ url: `http://127.0.0.1:${port}/`, maxBytes: 10 }));
  expect(failure).toMatchObject({ code: "unreachable", message: expect.stringContaining("ECONNREFUSED") });
  expect(http.waits).toEqual([500, 1000, 2000]);
});
