import { describe, expect, it, test } from "vitest";
import { createPatience, parseRetryAfter } from "../src/retry.ts";
import { client, failureOf, serve, serveRaw, told, type Loopback } from "./loopback.ts";

const NOW = Date.UTC(2026, 0, 1);

/** Answers with these statuses in turn, and with 200 after them. */
async function failing(statuses: readonly number[], headers: Record<string, string> = {}): Promise<Loopback> {
  const left = [...statuses];
  return serve((_, response) => {
    const status = left.shift();
    response.writeHead(status ?? 200, status === undefined ? {} : headers).end(status === undefined ? "ok" : "busy");
  });
}

test.each([
  ["0", 0],
  ["120", 120],
  ["Thu, 01 Jan 2026 00:00:07 GMT", 7],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
  ["-1", undefined],
  ["1.5", undefined],
  ["soon", undefined],
  ["2026-01-01", undefined],
  [undefined, undefined],
])("reads Retry-After %s as %s seconds", (value, seconds) => {
  expect(parseRetryAfter(value, NOW)).toBe(seconds);
});

it("doubles the wait and spreads it over its upper half", () => {
  const waits = (random: number): unknown[] => {
    const patience = createPatience({ retries: 3, retryOn: [], clock: () => NOW, random: () => random });
    return [1, 2, 3, 4].map(() => patience.afterStatus(500, {}));
  };
  const wait = (milliseconds: number): object => ({ kind: "wait", milliseconds });
  expect(waits(0)).toEqual([wait(250), wait(500), wait(1000), { kind: "take" }]);
  expect(waits(0.5)).toEqual([wait(375), wait(750), wait(1500), { kind: "take" }]);
});

it("waits at most 30 s at once and 60 s over all retries", () => {
  const patience = createPatience({ retries: 40, retryOn: [], clock: () => NOW, random: () => 0.999_999 });
  const waits: number[] = [];
  for (;;) {
    const decision = patience.afterStatus(500, {});
    if (decision.kind !== "wait") break;
    waits.push(decision.milliseconds);
  }
  expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
  expect(waits.reduce((sum, wait) => sum + wait)).toBeLessThanOrEqual(60_000);
});

describe("a client", () => {
  test.each([408, 429, 500, 502, 503, 504])("asks again after %i", async (status) => {
    const server = await failing([status, status]);
    const http = client([server]);
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 10 }))).toBe("200 ok");
    expect(http.waits).toEqual([500, 1000]);
    expect(http.counts()).toEqual({ [server.host]: { sent: 3, cached: 0, retried: 2 } });
  });

  it("passes the answer on when all retries are used", async () => {
    const server = await failing([500, 500, 500]);
    const http = client([server]);
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 10, retries: 2 }))).toBe("500 busy");
    expect(server.seen).toHaveLength(3);
  });

  test.each([401, 403, 404, 501])("takes %i as it is", async (status) => {
    const server = await failing([status]);
    expect(told(await client([server]).fetchBytes({ url: server.origin, maxBytes: 10 }))).toBe(`${status} busy`);
    expect(server.seen).toHaveLength(1);
  });

  it("asks again after a status of retryOn", async () => {
    const server = await failing([404]);
    const http = client([server]);
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 10, retryOn: [404] }))).toBe("200 ok");
  });

  it("waits as long as Retry-After says, in seconds or until a date", async () => {
    for (const value of ["7", "Thu, 01 Jan 2026 00:00:07 GMT"]) {
      const server = await failing([429], { "retry-after": value });
      const http = client([server], { clock: () => NOW });
      expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 10 }))).toBe("200 ok");
      expect(http.waits).toEqual([7000]);
    }
  });

  test.each([429, 503])("fails at once when %i asks for more than 30 s", async (status) => {
    const server = await failing([status], { "retry-after": "3600" });
    const http = client([server]);
    const failure = failureOf(await http.fetchBytes({ url: `${server.origin}/a?token=x`, maxBytes: 10 }));
    expect(failure).toMatchObject({
      code: "rate-limited",
      retryAfterSeconds: 3600,
      message: `${server.origin}/a answers ${status} and asks to wait 3600 s`,
    });
    expect(http.waits).toEqual([]);
  });

  it("fails when the waits together pass 60 s", async () => {
    const server = await failing([429, 429, 429], { "retry-after": "25" });
    const http = client([server]);
    expect(failureOf(await http.fetchBytes({ url: server.origin, maxBytes: 10 }))).toMatchObject({
      code: "rate-limited",
      retryAfterSeconds: 25,
    });
    expect(http.waits).toEqual([25_000, 25_000]);
  });

  it("passes a 500 on that asks for a long wait", async () => {
    const server = await failing([500], { "retry-after": "40" });
    expect(told(await client([server]).fetchBytes({ url: server.origin, maxBytes: 10 }))).toBe("500 busy");
  });

  it("asks again when the connection breaks, before or within the body", async () => {
    let asked = 0;
    const server = await serve((request, response) => {
      asked += 1;
      if (asked === 1) return void request.socket.destroy();
      if (asked === 3) return void response.end("whole");
      response.writeHead(200, { "content-length": "5" }).write("wh", () => request.socket.destroy());
    });
    const http = client([server]);
    expect(told(await http.fetchBytes({ url: server.origin, maxBytes: 10 }))).toBe("200 whole");
    expect(http.counts()[server.host]).toEqual({ sent: 3, cached: 0, retried: 2 });
  });

  it("tells that a host could not be reached after the retries", async () => {
    const server = await serveRaw("");
    const http = client([server]);
    expect(failureOf(await http.fetchBytes({ url: server.origin, maxBytes: 10, retries: 1 })).code).toBe("unreachable");
    expect(server.sockets.opened).toBe(2);
  });

  it("does not hold the place of the host while it waits", async () => {
    const server = await serve((request, response) => {
      const busy = request.url === "/busy" && server.seen.length === 1;
      response.writeHead(busy ? 503 : 200).end();
    });
    const http = client([server], {
      concurrencyPerHost: 1,
      sleep: async () => void (await http.fetchBytes({ url: `${server.origin}/other`, maxBytes: 10 })),
    });
    expect(told(await http.fetchBytes({ url: `${server.origin}/busy`, maxBytes: 10 }))).toBe("200 ");
    expect(server.seen.map(({ url }) => url)).toEqual(["/busy", "/other", "/busy"]);
  });
});
