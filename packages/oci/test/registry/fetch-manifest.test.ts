import { expect, test } from "vitest";
import { digestOf } from "../../src/digest.ts";
import { broken, endless } from "./bodies.ts";
import { clientOf, serve, startFake, type Reply } from "./loopback.ts";
import { IMAGE_MANIFEST } from "../layout-folder.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

test("a tag is resolved by HEAD, and the digest that the registry tells is marked as its word", async () => {
  const fake = await startFake();
  const image = fake.addImage("image", "1.4.0");
  const resolved = await clientOf([fake]).resolve({ ...fake.widget, tag: "1.4.0" });
  expect(resolved).toEqual({ ok: true, value: { digest: image.digest, from: "registry" } });
  expect(fake.asked()).toEqual(["HEAD /v2/acme/widget/manifests/1.4.0"]);
  expect(fake.seen[0]?.headers.accept?.split(", ")).toEqual([
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
  ]);
});

test.each([
  ["does not tell a digest", {}],
  ["tells something else than a digest", { "docker-content-digest": "sha256:x" }],
])("where the answer to HEAD %s, the bytes are read", async (_, headers) => {
  const fake = await startFake();
  const image = fake.addImage("image", "1.4.0");
  fake.before = ({ method }) => (method === "HEAD" ? { headers } : undefined);
  const resolved = await clientOf([fake]).resolve({ ...fake.widget, tag: "1.4.0" });
  expect(resolved).toEqual({ ok: true, value: { digest: image.digest, from: "bytes" } });
});

test("the digest counts where a reference has tag and digest, and another one in the answer does not", async () => {
  const fake = await startFake();
  const [image, other] = [fake.addImage("image"), fake.addImage("other", "1.4.0")];
  fake.before = ({ method }) =>
    method === "HEAD" ? { headers: { "docker-content-digest": other.digest } } : undefined;
  const resolved = await clientOf([fake]).resolve({ ...fake.widget, tag: "1.4.0", digest: image.digest });
  expect(resolved).toEqual({ ok: true, value: { digest: image.digest, from: "bytes" } });
});

test("a manifest is read once by its digest, and every time by its tag", async () => {
  const fake = await startFake();
  const image = fake.addImage("image", "1.4.0");
  const registry = clientOf([fake]);
  const read = await registry.manifest(fake.widget, image.digest);
  expect(read).toMatchObject({ ok: true, value: { ...image, manifest: { kind: "manifest" } } });
  await registry.manifest(fake.widget, image.digest);
  expect(fake.seen).toHaveLength(1);
  for (const text of ["image", "other"]) {
    const { digest } = fake.addImage(text, "1.4.0");
    await expect(registry.manifest(fake.widget, "1.4.0")).resolves.toMatchObject({ ok: true, value: { digest } });
  }
});

test("takes the media type of the answer where a manifest does not tell its own, as Helm's do not", async () => {
  const content = JSON.stringify({ schemaVersion: 2, config: { mediaType: "c", digest: DIGEST, size: 1 }, layers: [] });
  const docker = "application/vnd.docker.distribution.manifest.v2+json";
  for (const [served, expected] of [
    [`${docker}; charset=utf-8`, docker],
    ["application/json", IMAGE_MANIFEST],
    ["application/vnd.oci.image.index.v1+json", IMAGE_MANIFEST],
  ] as const) {
    const server = await serve(() => ({ headers: { "content-type": served }, body: content }));
    const read = await clientOf([server]).manifest(
      { registry: server.host, repository: "a" },
      digestOf(Buffer.from(content)),
    );
    expect(read).toMatchObject({ ok: true, value: { mediaType: expected } });
  }
});

const error = (code: string, status = 404): Reply => ({ status, body: JSON.stringify({ errors: [{ code }] }) });
test.each<[string, Reply | (() => Reply), string, RegExp]>([
  ["other bytes than asked for", { body: '{"layers":[]}' }, "digest-mismatch", /sha256:aaa.* other bytes/],
  ["a web page", { headers: { "content-type": "text/html" }, body: "<html>" }, "answer-unreadable", /a web page/],
  [
    "a page that says it is a manifest",
    { headers: { "content-type": IMAGE_MANIFEST }, body: "<html>" },
    "digest-mismatch",
    /other bytes/,
  ],
  ["404 for the manifest", error("MANIFEST_UNKNOWN"), "no-such-object", /has no such tag/],
  ["404 for the repository", error("NAME_UNKNOWN"), "repository-unknown", /private, or does not exist/],
  ["404 and no word", { status: 404 }, "repository-unknown", /private, or does not exist/],
  ["401", error("UNAUTHORIZED", 401), "access-denied", /private, or does not exist/],
  ["403", error("DENIED", 403), "access-denied", /private, or does not exist \(403\)/],
  ["500", { status: 500 }, "registry-unavailable", /500/],
  ["429 that never ends", { status: 429 }, "rate-limited", /429/],
  ["429 with a long wait", { status: 429, headers: { "retry-after": "86400" } }, "rate-limited", /86400 s/],
  ["a body without end", () => ({ body: endless() }), "too-large", /more than 4194304 bytes/],
  [
    "a body that breaks off",
    () => ({ headers: { "content-length": "9" }, body: broken("{") }),
    "registry-unavailable",
    /broke|closed|reached|cut/,
  ],
])("one reason tells of %s", async (_, reply, code, message) => {
  const server = await serve(() => (typeof reply === "function" ? reply() : reply));
  const read = await clientOf([server]).manifest({ registry: server.host, repository: "acme/widget" }, DIGEST);
  expect(read).toMatchObject({ ok: false, reason: { code, hint: expect.any(String) as string } });
  if (read.ok) return;
  expect(read.reason.message).toMatch(message);
  expect(read.reason.message).toMatch(new RegExp(`^${server.host}/acme/widget: `));
});

test("404 without a word means the tag where the repository has answered before", async () => {
  const fake = await startFake();
  fake.addImage("image", "1.4.0");
  fake.before = ({ path }) => (path.endsWith("/9.9.9") ? { status: 404 } : undefined);
  const registry = clientOf([fake]);
  await registry.manifest(fake.widget, "1.4.0");
  await expect(registry.manifest(fake.widget, "9.9.9")).resolves.toMatchObject({ reason: { code: "no-such-object" } });
});

test("what was read once and is gone is resolved to nothing", async () => {
  const fake = await startFake();
  const { digest } = fake.addImage("image", "1.4.0");
  const registry = clientOf([fake]);
  await expect(registry.manifest(fake.widget, digest)).resolves.toMatchObject({ ok: true });
  fake.before = () => ({ status: 404 });
  await expect(registry.manifest(fake.widget, digest)).resolves.toMatchObject({ ok: true });
  await expect(registry.resolve({ ...fake.widget, digest })).resolves.toMatchObject({
    reason: { code: "no-such-object" },
  });
});
