import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { endlessBody, startNpmRegistry, startSigstore, truncate, type EmbeddedNpmRegistry } from "../src/index.ts";

const path = "/-/npm/v1/attestations/@acme%2fwidget@1.0.0";

let registry: EmbeddedNpmRegistry;
beforeEach(async () => {
  registry = await startNpmRegistry({
    packages: [{ name: "@acme/widget", versions: [{ version: "1.0.0", attestations: [] }] }],
  });
});
afterEach(() => registry.close());

const get = (at = path) => fetch(`${registry.url}${at}`);

describe("respond", () => {
  test("gives answers in turn and the last one for ever; 200 is the usual answer", async () => {
    registry.respond(path, [500, 404, 200]);
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await get()).status);
    expect(statuses).toEqual([500, 404, 200, 200]);
    expect(await (await get()).json()).toEqual({ attestations: [] });
  });

  test("matches a path however it is encoded, and no other one", async () => {
    registry.respond("/-/npm/v1/attestations/@acme/widget@1.0.0", 503);
    expect((await get()).status).toBe(503);
    expect((await get("/-/npm/v1/attestations/@acme%2Fwidget@1.0.0?x=1")).status).toBe(503);
    expect((await get("/@acme%2fwidget")).status).toBe(200);
  });

  test("matches by pattern over the path as sent, again and again", async () => {
    registry.respond(/%2fwidget$/gu, 503);
    expect((await get("/@acme%2fwidget")).status).toBe(503);
    expect((await get("/@acme%2fwidget")).status).toBe(503);
    expect((await get("/@acme/widget")).status).toBe(200);
  });

  test("matches by a test of the request", async () => {
    registry.respond(({ headers }) => headers["x-fail"] === "yes", 418);
    expect((await fetch(`${registry.url}/@acme%2fwidget`, { headers: { "x-fail": "yes" } })).status).toBe(418);
    expect((await get()).status).toBe(200);
  });

  test("lets a later rule go before an earlier one", async () => {
    registry.respond(path, 500);
    registry.respond(path, 404);
    expect((await get()).status).toBe(404);
  });

  test("sends status, headers and body as they are", async () => {
    const headers = { "retry-after": "7", "content-type": "text/html" };
    registry.respond(path, { status: 429, headers, body: "<html>" });
    const response = await get();
    expect([response.status, response.headers.get("retry-after"), await response.text()]).toEqual([429, "7", "<html>"]);
  });

  test("sends a body alone with status 200", async () => {
    registry.respond(path, { body: "{not json" });
    const response = await get();
    expect([response.status, await response.text()]).toEqual([200, "{not json"]);
  });

  test("changes the usual answer", async () => {
    registry.respond(path, truncate(5));
    expect(await (await get()).text()).toBe('{"att');
  });

  test("tears the connection down", async () => {
    registry.respond(path, ["reset", "serve"]);
    await expect(get()).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    expect((await get()).status).toBe(200);
  });

  test("tears the connection down after it did what was asked", async () => {
    const sigstore = await startSigstore();
    onTestFinished(() => sigstore.close());
    const body = JSON.stringify({ hashedRekordRequestV002: { digest: "", signature: {} } });
    const post = () => fetch(`${sigstore.url}/api/v2/log/entries`, { method: "POST", body });
    sigstore.respond("/api/v2/log/entries", ["reset-after", "serve"]);
    await expect(post()).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    // Two entries are there from the start, and the one that nobody was told of.
    expect(await (await post()).json()).toMatchObject({ logIndex: "3" });
    expect(sigstore.requests.map((request) => request.body)).toEqual([body, body]);
  });

  test("keeps silent until the client gives up", async () => {
    registry.respond(path, ["silence", "serve"]);
    const signal = AbortSignal.timeout(20);
    await expect(fetch(`${registry.url}${path}`, { signal })).rejects.toMatchObject({ name: "TimeoutError" });
    expect((await get()).status).toBe(200);
  });

  test("streams a body without an end until the client goes away", async () => {
    registry.respond(path, { body: endlessBody("x".repeat(65_536)) });
    const abort = new AbortController();
    const response = await fetch(`${registry.url}${path}`, { signal: abort.signal });
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.byteLength;
      if (length > 4_000_000) break;
    }
    abort.abort();
    expect(length).toBeGreaterThan(4_000_000);
    expect((await get("/@acme%2fwidget")).status).toBe(200);
  });

  test("keeps count of requests that a fault answered", async () => {
    registry.respond(path, "reset");
    await get().catch(() => undefined);
    expect(registry.requests.map((request) => request.path)).toEqual([path]);
  });
});
