import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { serveLoopback } from "../../src/loopback-server.ts";
import { startTlsProxy, type TlsProxy } from "../../src/index.ts";

const run = promisify(execFile);
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(): Promise<TlsProxy> {
  const server = await serveLoopback(({ method, path, body, headers }) => ({
    status: 201,
    headers: { "x-seen": headers["x-sent"] as string },
    body: `${method} ${path} ${body}`,
  }));
  const proxy = await startTlsProxy({ "api.acme.example": `${server.url}/base` });
  running.push(server, proxy);
  return proxy;
}

/** Asks as a child process does that was given nothing but the proxy's environment. */
async function ask(proxy: TlsProxy, url: string, without?: string): Promise<string> {
  const script = `fetch(${JSON.stringify(url)}, { method: "POST", body: "b", headers: { "x-sent": "s" } }).then(
    async (r) => console.log(r.status, r.headers.get("x-seen"), await r.text()),
    (e) => console.log(e.cause?.code ?? e.cause?.message ?? "", e.cause?.cause?.message ?? ""))`;
  const env = { ...proxy.env, ...(without && { [without]: "" }) };
  return (await run(process.execPath, ["-e", script], { env })).stdout.trim();
}

test("a known host is answered over TLS that the CA file vouches for, by its loopback URL", async () => {
  const proxy = await start();
  expect(await ask(proxy, "https://api.acme.example/a/b?c=1")).toBe("201 s POST /base/a/b?c=1 b");
  expect(proxy.requests).toEqual([{ host: "api.acme.example", method: "POST", path: "/a/b?c=1" }]);
});

test("a client that does not trust the CA file does not get through", async () => {
  const proxy = await start();
  expect(await ask(proxy, "https://api.acme.example/", "NODE_EXTRA_CA_CERTS")).toMatch(/VERIFY|SELF_SIGNED|CERT/u);
  expect(proxy.requests).toEqual([]);
});

test.each([
  ["https://other.example/", "other.example:443"],
  ["https://api.acme.example:8443/", "api.acme.example:8443"],
])("%s is refused and recorded", async (url, host) => {
  const proxy = await start();
  expect(await ask(proxy, url)).not.toMatch(/^20\d/u);
  expect(proxy.requests).toEqual([{ host }]);
});

test("plain HTTP is refused, and nothing stays when the proxy is closed", async () => {
  const proxy = await start();
  expect((await fetch(proxy.url)).status).toBe(403);
  await proxy.close();
  await expect(fetch(proxy.url)).rejects.toThrow();
  expect(existsSync(proxy.caFile)).toBe(false);
});
