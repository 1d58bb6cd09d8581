import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { endlessBody, truncate } from "@colophon/testkit";
import { expect, onTestFinished, test } from "vitest";
import { json, startRegistry, worldOf } from "../world.ts";

const PACKAGE = { name: "@acme/widget", versions: [{ version: "1.0.0" }] };

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("asks once, for the whole metadata, with the scope's slash encoded", async () => {
  let accept: string | undefined;
  const url = await serve((request, response) => {
    accept = `${request.url} ${request.headers.accept}`;
    response.end('{"name":"@acme/widget","versions":{"1.0.0":{"dist":{}}}}');
  });
  const { list } = await worldOf(`${url}/javascript`);
  expect((await list("@acme/widget")).objects).toHaveLength(1);
  expect(accept).toBe("/javascript/@acme%2fwidget application/json");
});

test("sends the token of its registry", async () => {
  const registry = await startRegistry({ packages: [PACKAGE], token: "TOKEN" });
  const host = new URL(registry.url).host;
  const { list } = await worldOf(registry.url, { npmrc: `//${host}/:_authToken=TOKEN` });
  expect((await list("@acme/widget")).objects).toHaveLength(1);
});

test.each([
  [404, "not-found", "private, or does not exist"],
  [401, "access-denied", "no credentials are configured"],
  [403, "access-denied", "access denied (403"],
  [429, "rate-limited", "429"],
  [500, "registry-unavailable", "answers 500"],
  [418, "registry-unavailable", "answers 418"],
])("turns %d into a gap of code %s", async (status, code, message) => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  registry.respond("/@acme/widget", status);
  const { list } = await worldOf(registry.url);
  const page = await list("@acme/widget");
  expect(page).toMatchObject({ objects: [], withdrawn: [], warnings: [] });
  expect(page).not.toHaveProperty("nothing");
  expect(page.gaps).toEqual([{ channel: "npm", target: "@acme/widget", reason: expect.objectContaining({ code }) }]);
  expect(page.gaps[0]?.reason.message).toContain(message);
  expect(page.gaps[0]?.reason.message).toContain(`@acme/widget on ${registry.url}/`);
  expect(page.gaps[0]?.reason.hint).toMatch(/\w/);
});

test("never tells a token that the registry refuses", async () => {
  const registry = await startRegistry({ packages: [PACKAGE], token: "right" });
  const host = new URL(registry.url).host;
  const { list } = await worldOf(registry.url, { npmrc: `//${host}/:_authToken=canary-secret` });
  const page = await list("@acme/widget");
  expect(page.gaps[0]?.reason.code).toBe("access-denied");
  expect(page.gaps[0]?.reason.hint).toContain("Renew");
  expect(JSON.stringify(page)).not.toContain("canary-secret");
});

test("tells how long a registry wants to be left alone", async () => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  registry.respond("/@acme/widget", { status: 429, headers: { "retry-after": "3600" } });
  const { list } = await worldOf(registry.url);
  const reason = (await list("@acme/widget")).gaps[0]?.reason;
  expect(reason?.code).toBe("rate-limited");
  expect(reason?.message).toContain("3600 s");
});

test("gives a gap for a registry that cannot be reached", async () => {
  const registry = await startRegistry();
  await registry.close();
  registry.close = async () => {};
  const { list } = await worldOf(registry.url);
  expect((await list("@acme/widget")).gaps[0]?.reason.code).toBe("registry-unavailable");
});

test("asks nothing while offline", async () => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  const { list } = await worldOf(registry.url, { client: { offline: true } });
  expect((await list("@acme/widget")).gaps[0]?.reason.code).toBe("offline");
  expect(registry.requests).toEqual([]);
});

test("tells a spent budget apart", async () => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  const { list } = await worldOf(registry.url, { client: { maxRequests: 0 } });
  expect((await list("@acme/widget")).gaps[0]?.reason.code).toBe("budget-spent");
});

test.each([
  ["cut off", truncate(100), "cut off"],
  ["HTML", { body: "<html>log in</html>" }, "not JSON but HTML"],
  ["empty", { body: "" }, "empty"],
  ["of another package", json({ name: "gadget", versions: {} }), '"gadget"'],
])("gives a gap with one sentence for an answer that is %s", async (_what, answer, message) => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  registry.respond("/@acme/widget", answer);
  const { list } = await worldOf(registry.url);
  const reason = (await list("@acme/widget")).gaps[0]?.reason;
  expect(reason?.code).toBe("answer-unreadable");
  expect(reason?.message).toContain(message);
  expect(reason?.message).not.toContain("\n");
});

test("refuses an answer of 1 GB by its length alone", async () => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  registry.respond("/@acme/widget", { headers: { "content-length": "1073741824" }, body: endlessBody(" ") });
  const { list } = await worldOf(registry.url);
  const reason = (await list("@acme/widget")).gaps[0]?.reason;
  expect(reason?.code).toBe("answer-unreadable");
  expect(reason?.message).toContain("268435456 bytes");
});

test("stops an endless answer of no JSON at its first bytes", async () => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  registry.respond("/@acme/widget", { body: endlessBody("<p>") });
  const { list } = await worldOf(registry.url);
  expect((await list("@acme/widget")).gaps[0]?.reason.message).toContain("HTML");
});

test("reads again, once, an answer that breaks off", async () => {
  const whole = '{"name":"widget","versions":{"1.0.0":{"dist":{}}}}';
  let asked = 0;
  const url = await serve((_request, response) => {
    asked += 1;
    response.writeHead(200, { "content-length": whole.length });
    if (asked === 2) response.end(whole);
    else response.write(whole.slice(0, 20), () => response.destroy());
  });
  const { list } = await worldOf(url);
  expect((await list("widget")).objects).toHaveLength(1);
  expect((await list("widget")).gaps[0]?.reason.code).toBe("registry-unavailable");
  expect(asked).toBe(4);
});

test("leaves the retries of an answer that never begins to the client", async () => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  registry.respond("/@acme/widget", "reset");
  const { list } = await worldOf(registry.url);
  expect((await list("@acme/widget")).gaps[0]?.reason.code).toBe("registry-unavailable");
  expect(registry.requests).toHaveLength(4);
});

test("never asks for what is no package's name", async () => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  const { list } = await worldOf(registry.url);
  expect((await list("../-/npm/v1/keys")).gaps[0]?.reason.code).toBe("not-found");
  expect(registry.requests).toEqual([]);
});
