import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it, onTestFinished, test } from "vitest";
import { createCache } from "../src/cache.ts";
import type { HttpRequest } from "../src/index.ts";
import { client, failureOf, serve, told, type Loopback } from "./loopback.ts";

let folder: string;
let cacheDir: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "colophon-http-"));
  cacheDir = join(folder, "cache");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

/** Answers with a validator, and 304 to it. */
async function validating(
  header: "etag" | "last-modified" = "etag",
  more: Record<string, string> = {},
): Promise<Loopback> {
  const value = header === "etag" ? '"v1"' : "Thu, 01 Jan 2026 00:00:00 GMT";
  const asked = header === "etag" ? "if-none-match" : "if-modified-since";
  return serve((request, response) => {
    if (request.headers[asked] === value) response.writeHead(304, { [header]: value, "x-remaining": "41" }).end();
    else
      response
        .writeHead(200, { [header]: value, "content-type": "text/plain", "x-remaining": "42", ...more })
        .end("stored");
  });
}

const statuses = ({ seen }: Loopback): unknown[] =>
  seen.map(({ headers }) => headers["if-none-match"] ?? headers["if-modified-since"]);

function entries(): string[] {
  return readdirSync(cacheDir).map((name) => join(cacheDir, name));
}

describe("a client with a cache", () => {
  test.each(["etag", "last-modified"] as const)("confirms what it has by %s", async (header) => {
    const server = await validating(header);
    const first = client([server], { cacheDir });
    expect(await first.fetchBytes({ url: server.origin, maxBytes: 100 })).toMatchObject({ from: "network" });
    const http = client([server], { cacheDir });
    const answer = await http.fetchBytes({ url: server.origin, maxBytes: 100 });
    expect(told(answer)).toBe("200 stored");
    expect(answer).toMatchObject({ from: "cache", headers: { "content-type": "text/plain", "x-remaining": "41" } });
    expect(http.counts()).toEqual({ [server.host]: { sent: 1, cached: 1, retried: 0 } });
    expect(first.counts()).toEqual({ [server.host]: { sent: 1, cached: 0, retried: 0 } });
  });

  it("stores the decoded body", async () => {
    const server = await serve((request, response) => {
      if (request.headers["if-none-match"] === "w") response.writeHead(304).end();
      else response.writeHead(200, { etag: "w", "content-encoding": "gzip" }).end(gzipSync("stored"));
    });
    const http = client([server], { cacheDir });
    const url = server.origin;
    for (const _ of [1, 2]) expect(told(await http.fetchBytes({ url, maxBytes: 100 }))).toBe("200 stored");
    expect(http.counts()[server.host]?.cached).toBe(1);
  });

  it("takes the new answer when the server has one, and keeps that", async () => {
    let version = 1;
    const server = await serve((request, response) => {
      const etag = `"${version}"`;
      response.writeHead(request.headers["if-none-match"] === etag ? 304 : 200, { etag });
      response.end(request.headers["if-none-match"] === etag ? undefined : `v${version}`);
    });
    const http = client([server], { cacheDir });
    const ask = async (): Promise<string> => told(await http.fetchBytes({ url: server.origin, maxBytes: 100 }));
    expect(await ask()).toBe("200 v1");
    version = 2;
    expect([await ask(), await ask()]).toEqual(["200 v2", "200 v2"]);
    expect(statuses(server)).toEqual([undefined, '"1"', '"2"']);
    expect(entries()).toHaveLength(1);
  });

  it("never crosses URLs, accepts, headers or identities", async () => {
    const server = await validating();
    const http = client([server], { cacheDir });
    const base: HttpRequest = { url: `${server.origin}/a`, maxBytes: 100 };
    const scope = server.origin;
    const requests: HttpRequest[] = [
      base,
      { ...base, url: `${server.origin}/b` },
      { ...base, accept: "application/json" },
      { ...base, headers: { "x-version": "2" } },
      { ...base, credentials: { authorization: "Bearer one", scope } },
      { ...base, credentials: { authorization: "Bearer two", scope } },
    ];
    for (const request of requests) expect(await http.fetchBytes(request)).toMatchObject({ from: "network" });
    expect(statuses(server)).toEqual(requests.map(() => undefined));
    for (const request of requests) expect(await http.fetchBytes(request)).toMatchObject({ from: "cache" });
  });

  it("keeps entries private, whole and without credentials", async () => {
    const server = await validating();
    const credentials = { authorization: "Bearer canary-7f3a", scope: server.origin };
    await client([server], { cacheDir }).fetchBytes({
      url: `${server.origin}/?a=canary-7f3a`,
      maxBytes: 100,
      credentials,
    });
    const [entry = "", ...others] = entries();
    expect(others).toEqual([]);
    expect(statSync(entry).mode & 0o777).toBe(0o600);
    expect(statSync(cacheDir).mode & 0o777).toBe(0o700);
    expect(entry + readFileSync(entry, "utf8")).not.toContain("canary");
  });

  const damages: [string, (content: Buffer) => Buffer | string][] = [
    ["emptied", () => ""],
    ["cut", (content) => content.subarray(0, -2)],
    ["altered in its body", (content) => content.toString().replace("stored", "forged")],
    ["no JSON", () => "{\nstored"],
    ["null", () => "null\nstored"],
    ["of another key", (content) => content.toString().replace(/"key":"./, '"key":"x')],
    ["without headers", (content) => content.toString().replace(/"headers":\{.*\}/, '"headers":null')],
    ["with an impossible validator", (content) => content.toString().replaceAll('\\"v1\\"', "a\\r\\nx: y")],
  ];
  test.each(damages)("ignores an entry that is %s", async (_, damage) => {
    const server = await validating();
    const http = client([server], { cacheDir });
    await http.fetchBytes({ url: server.origin, maxBytes: 100 });
    const [entry = ""] = entries();
    writeFileSync(entry, damage(readFileSync(entry)));
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 100 }))).toBe("200 stored");
    expect(statuses(server)).toEqual([undefined, undefined]);
  });

  it("gives the same answer when the cache is deleted, or cannot be written", async () => {
    const server = await validating();
    const http = client([server], { cacheDir });
    await http.fetchBytes({ url: server.origin, maxBytes: 100 });
    rmSync(cacheDir, { recursive: true });
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 100 }))).toBe("200 stored");
    rmSync(cacheDir, { recursive: true });
    writeFileSync(cacheDir, "a file in the way");
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 100 }))).toBe("200 stored");
  });

  it("holds a stored body to the cap of the request", async () => {
    const server = await validating();
    const http = client([server], { cacheDir });
    await http.fetchBytes({ url: server.origin, maxBytes: 100 });
    expect(failureOf(await http.fetchBytes({ url: server.origin, maxBytes: 3 })).code).toBe("too-large");
    expect(statuses(server)).toEqual([undefined, undefined]);
  });

  test.each([
    ["no-store", { "cache-control": "private, no-store" }],
    ["vary", { vary: "*" }],
  ])("stores nothing that forbids it (%s)", async (_, headers) => {
    const server = await validating("etag", headers);
    const http = client([server], { cacheDir });
    for (const _ of [1, 2]) await http.fetchBytes({ url: server.origin, maxBytes: 100 });
    expect(statuses(server)).toEqual([undefined, undefined]);
  });

  it("stores no errors, nothing without a validator, no HEAD and nothing from another origin", async () => {
    const elsewhere = await validating();
    const server = await serve((request, response) => {
      if (request.url === "/error") response.writeHead(404, { etag: "e" });
      if (request.url === "/head") response.writeHead(200, { etag: "e" });
      if (request.url === "/away") response.writeHead(302, { location: elsewhere.origin });
      response.end();
    });
    const http = client([server, elsewhere], { cacheDir });
    for (const path of ["/error", "/plain", "/away"])
      await http.fetchBytes({ url: server.origin + path, maxBytes: 100 });
    await http.fetchBytes({ url: `${server.origin}/head`, method: "HEAD", maxBytes: 100 });
    expect(() => entries()).toThrow("ENOENT");
    expect(elsewhere.seen).toHaveLength(1);
  });

  it("leaves conditions of the caller alone", async () => {
    const server = await validating();
    const http = client([server], { cacheDir });
    await http.fetchBytes({ url: server.origin, maxBytes: 100 });
    const answer = await http.fetchBytes({ url: server.origin, maxBytes: 100, headers: { "If-None-Match": '"v0"' } });
    expect(answer).toMatchObject({ code: 200, from: "network" });
  });

  it("does not serve what it has offline, nor when the server is gone", async () => {
    const server = await serve((_, response) => {
      if (server.seen.length === 1) response.writeHead(200, { etag: "e" }).end("stored");
      else response.socket?.destroy();
    });
    const request = { url: server.origin, maxBytes: 100 };
    await client([server], { cacheDir }).fetchBytes(request);
    expect(told(await client([server], { cacheDir, offline: true }).fetchBytes(request))).toBe("offline");
    expect(told(await client([server], { cacheDir }).fetchBytes(request))).toBe("unreachable");
  });

  it("leaves no draft behind when many write the same entry", async () => {
    const server = await validating();
    const http = client([server], { cacheDir });
    await Promise.all(Array.from({ length: 30 }, () => http.fetchBytes({ url: server.origin, maxBytes: 100 })));
    expect(entries()).toHaveLength(1);
    expect(await http.fetchBytes({ url: server.origin, maxBytes: 100 })).toMatchObject({ from: "cache" });
  });
});

it("stores no body over 32 MiB", async () => {
  const cache = createCache(cacheDir);
  const bytes = new Uint8Array(32 * 2 ** 20 + 1);
  await cache.write("large", { headers: {}, bytes });
  await cache.write("largest", { headers: {}, bytes: bytes.subarray(1) });
  expect(readdirSync(cacheDir)).toEqual(["largest"]);
});

it("asks without conditions when there is no cache", async () => {
  const server = await validating();
  const http = client([server]);
  for (const _ of [1, 2]) await http.fetchBytes({ url: server.origin, maxBytes: 100 });
  expect(statuses(server)).toEqual([undefined, undefined]);
});
