import { describe, expect, it, test } from "vitest";
import { showText, showUrl } from "../src/failure.ts";
import { HttpError, type HttpRequest } from "../src/index.ts";
import { client, serve, serveRaw } from "./loopback.ts";

describe("showUrl", () => {
  it("leaves user info, query and fragment out", () => {
    expect(showUrl(new URL("https://user:pass@a.example:8443/b/c?token=d#e"))).toBe("https://a.example:8443/b/c");
  });

  it("shows 300 characters at most", () => {
    expect(showUrl(new URL(`https://a.example/${"b".repeat(5000)}`))).toHaveLength(301);
  });
});

test.each([
  ["https://user:pass@a.example/@b/c?token=d", "https://a.example/@b/c"],
  ["socks5://user:pass@a.example/b", "a.example/b"],
  ["https://user:p/a@ss@a.example/b", "a.example/b"],
  ["user:pass@a.example", "a.example"],
  ["https://a.example/b#c", "https://a.example/b"],
  ["a\u0007\n\u202Eb", "ab"],
  ["", ""],
])("showText shows %j as %j", (text, shown) => {
  expect(showText(text)).toBe(shown);
});

it("no failure repeats a token, a header, user info or a query", async () => {
  const canary = "canary-7f3a";
  const broken = await serveRaw(`HTTP/1.1 200 OK\r\nContent-Length: 10\r\nX-A: ${canary}\r\n\r\n${canary.slice(0, 3)}`);
  const garbled = await serveRaw(`${canary}\r\n`);
  const limited = await serve((_, response) =>
    response.writeHead(429, { "retry-after": "999", "x-a": canary }).end(canary),
  );
  const looping = await serve((request, response) => response.writeHead(302, { location: request.url }).end());
  const leading = await serve((_, response) =>
    response.writeHead(302, { location: `http://${canary}@a.example/` }).end(),
  );
  const silent = await serve(() => {});
  const wrong = await serve((_, response) => response.writeHead(200, { "content-encoding": canary }).end(canary));
  const servers = [broken, garbled, limited, looping, leading, silent, wrong];
  const urls = [
    ...servers.map(({ origin }) => `${origin}/?access_token=${canary}#${canary}`),
    `https://${canary}:${canary}@a.example/`,
    `https://${canary}@a example/`,
    `http://a.example/?${canary}`,
    `https://10.0.0.1/?${canary}`,
    `ftp://${canary}@a.example/`,
  ];
  const http = client(servers);
  const request = (url: string): HttpRequest => ({
    url,
    maxBytes: 100,
    timeoutMs: url.startsWith(silent.origin) ? 200 : 10_000,
    headers: { "x-token": canary },
    credentials: { authorization: `Bearer ${canary}`, scope: new URL(servers[0]?.origin ?? "").origin },
  });
  const failures = await Promise.all(urls.map((url) => http.fetchBytes(request(url))));
  const offline = client(servers, { offline: true });
  failures.push(...(await Promise.all(urls.map((url) => offline.fetchBytes(request(url))))));
  expect(failures.map(({ outcome }) => outcome)).toEqual(failures.map(() => "failed"));
  const codes = new Set(failures.map((answer) => (answer.outcome === "failed" ? answer.reason.code : "")));
  expect(codes.size).toBeGreaterThanOrEqual(8);
  expect(JSON.stringify(failures)).not.toContain(canary);
});

it("the error thrown into a reader repeats nothing either", async () => {
  const server = await serveRaw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nX-A: canary\r\n\r\ncan");
  const errors: unknown[] = [];
  await client([server]).fetchStream({ url: `${server.origin}/?canary`, maxBytes: 100 }, async (body) => {
    try {
      for await (const _ of body);
    } catch (error) {
      errors.push(error);
    }
  });
  const [error] = errors;
  expect(error).toBeInstanceOf(HttpError);
  expect(`${JSON.stringify(error)} ${String(error)} ${String((error as Error).cause)}`).not.toContain("canary");
});
