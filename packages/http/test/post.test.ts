import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { HttpRequest } from "../src/index.ts";
import { client, failureOf, serve, told, type Loopback } from "./loopback.ts";

const body = { bytes: new TextEncoder().encode('{"token":"canary"}'), mediaType: "application/json" };

function post(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { url, method: "POST", body, maxBytes: 1000, ...more };
}

/** Answers with these statuses one after the other, and then with what was posted. */
async function echo(...statuses: readonly number[]): Promise<Loopback> {
  const rest = [...statuses];
  return serve((request, response) => {
    const status = rest.shift() ?? 200;
    response.writeHead(status, status === 307 ? { location: "/elsewhere" } : {});
    void text(request).then((posted) => response.end(`${request.method} ${posted}`));
  });
}

test("a POST carries its body and says what it is", async () => {
  const server = await echo();
  expect(told(await client([server]).fetchBytes(post(server.origin)))).toBe('200 POST {"token":"canary"}');
  expect(server.seen[0]?.headers).toMatchObject({ "content-type": "application/json", "content-length": "18" });
});

test("is repeated whole after a status that asks for it", async () => {
  const server = await echo(503, 429);
  const http = client([server]);
  expect(told(await http.fetchBytes(post(server.origin)))).toBe('200 POST {"token":"canary"}');
  expect(http.waits).toHaveLength(2);
  expect(http.counts()).toEqual({ [server.host]: { sent: 3, cached: 0, retried: 2 } });
});

test("a PUT carries its body too, and follows no redirect either", async () => {
  const server = await echo(503, 200, 307);
  const http = client([server]);
  const request = post(server.origin, { method: "PUT" });
  expect(told(await http.fetchBytes(request))).toBe('200 PUT {"token":"canary"}');
  expect(failureOf(await http.fetchBytes(request)).code).toBe("redirect-refused");
  expect(server.seen).toHaveLength(3);
});

test.each(["POST", "PUT"] as const)("a %s without a body is the caller's mistake", async (method) => {
  const request = client([]).fetchBytes({ url: "https://a.example", method, maxBytes: 1 });
  await expect(request).rejects.toMatchObject({ code: "OPTION_INVALID", message: `a ${method} needs a body` });
});

test("follows no redirect, not even to the same host", async () => {
  const server = await echo(307);
  const failure = failureOf(await client([server]).fetchBytes(post(server.origin)));
  expect(failure.code).toBe("redirect-refused");
  expect(server.seen).toHaveLength(1);
});

test("is in no message of a failure", async () => {
  const server = await serve((_, response) => response.destroy());
  const failure = failureOf(await client([server]).fetchBytes(post(`${server.origin}/?canary`, { retries: 0 })));
  expect(failure.code).toBe("unreachable");
  expect(JSON.stringify(failure)).not.toContain("canary");
});
