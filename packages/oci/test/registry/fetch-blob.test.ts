import { expect, test } from "vitest";
import { digestOf } from "../../src/digest.ts";
import { broken, endless } from "./bodies.ts";
import { clientOf, serve, startFake, type Reply } from "./loopback.ts";

const BYTES = Buffer.from("content");
const BLOB = { digest: digestOf(BYTES), size: BYTES.byteLength };

test("a blob is read from where it is redirected to, which gets no credentials", async () => {
  const content = await serve(() => ({ body: BYTES }));
  const fake = await startFake();
  const authorization = "Bearer canary";
  const moved = { status: 307, headers: { location: `${content.origin}/signed?x=y` } };
  const wants = { status: 401, headers: { "www-authenticate": "Bearer realm=x" } };
  fake.before = ({ headers }) => (headers.authorization === authorization ? moved : wants);
  const login = { kind: "bearer", token: "canary" } as const;
  const registry = clientOf([fake, content], { credentials: { find: async () => ({ login }) } });
  const read = await registry.blob(fake.widget, BLOB);
  expect(read).toEqual({ ok: true, value: new Uint8Array(BYTES) });
  expect(content.seen).toMatchObject([{ path: "/signed?x=y" }]);
  expect(content.seen[0]?.headers.authorization).toBeUndefined();
});

test("a blob over 32 MB is not asked for", async () => {
  const server = await serve(() => ({}));
  const repository = { registry: server.host, repository: "a" };
  const read = await clientOf([server]).blob(repository, { ...BLOB, size: 33_554_433 });
  expect(read).toMatchObject({ ok: false, reason: { code: "too-large" } });
  expect(server.seen).toEqual([]);
});

test.each<[string, () => Reply, string]>([
  ["other bytes", () => ({ body: "CONTENT" }), "digest-mismatch"],
  ["fewer bytes", () => ({ body: "conten" }), "digest-mismatch"],
  ["bytes without end", () => ({ body: endless() }), "too-large"],
  ["bytes that break off", () => ({ headers: { "content-length": "7" }, body: broken("c") }), "registry-unavailable"],
  ["404", () => ({ status: 404 }), "blob-missing"],
  ["503", () => ({ status: 503 }), "registry-unavailable"],
  ["a redirect in a circle", () => ({ status: 307, headers: { location: "?a" } }), "registry-unavailable"],
  [
    "a redirect to what is not public",
    () => ({ status: 307, headers: { location: "https://10.0.0.1/" } }),
    "registry-unavailable",
  ],
])("one reason tells of %s", async (_, reply, code) => {
  const server = await serve(reply);
  const read = await clientOf([server]).blob({ registry: server.host, repository: "a" }, BLOB);
  expect(read).toMatchObject({ ok: false, reason: { code } });
});
