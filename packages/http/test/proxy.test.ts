import { describe, expect, it, test } from "vitest";
import { proxyFor } from "../src/proxy.ts";
import { CA, client, failureOf, serve, serveProxy, told } from "./loopback.ts";

const proxy = { http: "http://plain.proxy.example", https: "http://tls.proxy.example" };

describe("proxyFor", () => {
  it("chooses by the scheme of the target", () => {
    expect(proxyFor(new URL("http://a.example/"), proxy)).toBe(proxy.http);
    expect(proxyFor(new URL("https://a.example/"), proxy)).toBe(proxy.https);
    expect(proxyFor(new URL("https://a.example/"), { http: proxy.http })).toBeUndefined();
  });

  test.each([
    ["*", true],
    ["registry.example", true],
    ["REGISTRY.example", true],
    [".registry.example", true],
    ["example", true],
    [".example", true],
    ["*.example", true],
    ["registry.example:8443", true],
    ["registry.example:443", false],
    ["other.example, registry.example", true],
    ["other.example registry.example", true],
    ["other.example", false],
    ["istry.example", false],
    ["a.registry.example", false],
    [",", false],
    ["", false],
  ])("reads noProxy %j for https://registry.example:8443/ (direct: %s)", (noProxy, direct) => {
    expect(proxyFor(new URL("https://registry.example:8443/"), { ...proxy, noProxy }) === undefined).toBe(direct);
  });

  test.each([
    ["https://registry.example/", "registry.example:443", true],
    ["http://registry.example/", "registry.example:80", true],
    ["http://127.0.0.1:4873/", "127.0.0.1", true],
    ["http://127.0.0.1:4873/", "127.0.0.1:4873", true],
    ["http://127.0.0.1:4873/", "127.0.0.1:80", false],
    ["http://[::1]:4873/", "::1", true],
    ["http://[::1]:4873/", "[::1]", true],
    ["http://[::1]:4873/", "[::1]:4873", true],
    ["http://[::1]:4873/", "[::1]:80", false],
  ])("reads for %s the noProxy %s (direct: %s)", (url, noProxy, direct) => {
    expect(proxyFor(new URL(url), { ...proxy, noProxy }) === undefined).toBe(direct);
  });
});

describe("a client", () => {
  it("tunnels https through the proxy, where names need not resolve here", async () => {
    const server = await serve((_, response) => response.end("inside"), "tls");
    const relay = await serveProxy(server);
    const http = client([], { proxy: { https: relay.origin.replace("//", "//user:p%40ss@") }, ca: [CA] });
    expect(told(await http.fetchBytes({ url: "https://registry.example/a", maxBytes: 100 }))).toBe("200 inside");
    expect(relay.tunnels).toEqual(["registry.example:443"]);
    expect(relay.seen[0]?.headers["proxy-authorization"]).toBe(`Basic ${btoa("user:p@ss")}`);
    expect(server.seen[0]?.headers["proxy-authorization"]).toBeUndefined();
    expect(http.counts()).toEqual({ "registry.example": { sent: 1, cached: 0, retried: 0 } });
  });

  it("sends plain http to the proxy, for a trusted host", async () => {
    const relay = await serveProxy(await serve((_, response) => response.end("inside")));
    const http = client([], { proxy: { http: relay.origin }, trustedHosts: ["registry.lan"] });
    expect(told(await http.fetchBytes({ url: "http://registry.lan/a", maxBytes: 100 }))).toBe("200 from the proxy");
    expect(relay.seen[0]?.url).toBe("http://registry.lan/a");
  });

  it("goes directly where noProxy says so", async () => {
    const server = await serve((_, response) => response.end("direct"));
    const relay = await serveProxy(server);
    const http = client([server], { proxy: { http: relay.origin, noProxy: "127.0.0.1" } });
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 100 }))).toBe("200 direct");
    expect(relay.sockets.opened).toBe(0);
  });

  it("refuses literal private addresses through a proxy too", async () => {
    const relay = await serveProxy(await serve((_, response) => response.end("inside"), "tls"));
    const http = client([], { proxy: { https: relay.origin } });
    const answer = await http.fetchBytes({ url: "https://10.0.0.1/", maxBytes: 100 });
    expect(failureOf(answer).code).toBe("private-address");
    expect(relay.sockets.opened).toBe(0);
  });

  it("tells that a proxy refuses, without its credentials", async () => {
    const relay = await serve((_, response) => response.end());
    const http = client([], { proxy: { https: relay.origin.replace("//", "//user:canary@") } });
    const failure = failureOf(await http.fetchBytes({ url: "https://registry.example/", maxBytes: 100 }));
    expect(failure).toMatchObject({
      code: "unreachable",
      hint: "Check the network, the proxy and the name of the host.",
    });
    expect(JSON.stringify(failure)).not.toContain("canary");
  });
});
