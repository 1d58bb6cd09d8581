import { expect, test } from "vitest";
import { serveLoopback } from "../src/loopback-server.ts";

test("a handler sees method, path as sent, headers and body", async () => {
  const server = await serveLoopback(({ method, path, headers, body }) => ({
    status: 202,
    body: JSON.stringify([method, path, headers["x-a"], body]),
  }));
  const response = await fetch(`${server.url}/a%2fb?c=1`, { method: "PUT", headers: { "x-a": "1" }, body: "text" });
  expect(response.status).toBe(202);
  expect(await response.json()).toEqual(["PUT", "/a%2fb?c=1", "1", "text"]);
  await server.close();
});

test("a handler that throws is answered 500 with the message", async () => {
  const server = await serveLoopback(() => {
    throw new Error("broken stand-in");
  });
  const response = await fetch(server.url);
  expect([response.status, await response.text()]).toEqual([500, "broken stand-in"]);
  await server.close();
});

test("a body of bytes has its length told, and none with HEAD", async () => {
  const server = await serveLoopback(() => ({ status: 200, body: Uint8Array.of(1, 2, 3) }));
  expect((await fetch(server.url)).headers.get("content-length")).toBe("3");
  const head = await fetch(server.url, { method: "HEAD" });
  expect((await head.arrayBuffer()).byteLength).toBe(0);
  await server.close();
});

test("a request body over the cap is cut off", async () => {
  const server = await serveLoopback(() => ({ status: 200 }));
  const body = Buffer.alloc(16 * 1024 * 1024 + 1);
  await expect(fetch(server.url, { method: "PUT", body })).rejects.toThrow("fetch failed");
  expect((await fetch(server.url, { method: "PUT", body: body.subarray(1) })).status).toBe(200);
  await server.close();
});

test("a server listens on loopback alone, and is gone once closed", async () => {
  const server = await serveLoopback(() => ({ status: 200 }));
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
  await server.close();
  await expect(fetch(server.url)).rejects.toThrow("fetch failed");
});
