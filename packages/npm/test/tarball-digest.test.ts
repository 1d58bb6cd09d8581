import { createHash } from "node:crypto";
import type { ReleaseObject } from "@colophon/core";
import { buildPackageTarball, truncate } from "@colophon/testkit";
import { expect, test } from "vitest";
import { fetchTarballDigest } from "../src/index.ts";
import { startRegistry, worldOf } from "./world.ts";

const TARBALL = buildPackageTarball({ name: "widget", version: "1.0.0" });
const PACKAGE = { name: "widget", versions: [{ version: "1.0.0", tarball: TARBALL }] };
const HEX = (algorithm: string): string => createHash(algorithm).update(TARBALL).digest("hex");

async function objectOf(
  list: (name: string) => Promise<{ objects: readonly ReleaseObject[] }>,
): Promise<ReleaseObject> {
  const [object] = (await list("widget")).objects;
  if (object === undefined) throw new TypeError("no object");
  return object;
}

async function objectAt(list: Parameters<typeof objectOf>[0], tarballUrl: string | undefined): Promise<ReleaseObject> {
  const { npm, ...object } = await objectOf(list);
  const { tarballUrl: _, ...facts } = npm ?? { servedFor: "", attestations: "none" as const };
  return { ...object, npm: { ...facts, ...(tarballUrl === undefined ? {} : { tarballUrl }) } };
}

test("hashes the bytes that are served, with the token of their registry", async () => {
  const registry = await startRegistry({ packages: [PACKAGE], token: "TOKEN" });
  const world = await worldOf(registry.url, { npmrc: `//${new URL(registry.url).host}/:_authToken=TOKEN` });
  const digested = await fetchTarballDigest(world, await objectOf(world.list));
  expect(digested).toEqual({ digest: { sha256: HEX("sha256"), sha512: HEX("sha512") } });
});

// field case npm-publisher-repacks
test("digests what is served, not what the packument says of it", async () => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  registry.respond(/\.tgz$/, { body: "beta\n" });
  const world = await worldOf(registry.url);
  const object = await objectOf(world.list);
  expect(object.digest).toEqual({ sha512: HEX("sha512") });
  expect(await fetchTarballDigest(world, object)).toEqual({
    digest: {
      sha256: createHash("sha256").update("beta\n").digest("hex"),
      sha512: createHash("sha512").update("beta\n").digest("hex"),
    },
  });
});

test("sends no token to another host", async () => {
  const [registry, other] = [await startRegistry({ packages: [PACKAGE] }), await startRegistry()];
  const npmrc = `//${new URL(registry.url).host}/:_authToken=TOKEN`;
  const world = await worldOf(registry.url, { npmrc });
  const object = await objectAt(world.list, `${other.url}/widget-1.0.0.tgz`);
  const answer = await fetchTarballDigest(world, object);
  expect(answer).toMatchObject({ reason: { code: "answer-unreadable" } });
  expect(JSON.stringify(answer)).toContain(new URL(other.url).host);
  expect(other.requests).toEqual([]);
});

test("does not go to a private address over https that nobody named", async () => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  const world = await worldOf(registry.url);
  const object = await objectAt(world.list, "https://127.0.0.2/widget-1.0.0.tgz");
  const answer = await fetchTarballDigest(world, object);
  expect(answer).toMatchObject({ reason: { code: "registry-unavailable" } });
  expect(JSON.stringify(answer)).toContain("not public");
});

test.each([
  [404, "not-found"],
  [403, "access-denied"],
  [503, "registry-unavailable"],
])("says why there is no digest where the tarball answers %d", async (status, code) => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  registry.respond(/\.tgz$/, status);
  const world = await worldOf(registry.url);
  expect(await fetchTarballDigest(world, await objectOf(world.list))).toMatchObject({ reason: { code } });
});

test.each([
  ["without a tarball", undefined],
  ["whose tarball has no URL", "widget-1.0.0.tgz"],
  ["whose tarball has another scheme", "ftp://registry.example/widget.tgz"],
])("has no digest for an object %s", async (_what, tarballUrl) => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  const world = await worldOf(registry.url);
  const object = await objectAt(world.list, tarballUrl);
  expect(await fetchTarballDigest(world, object)).toMatchObject({ reason: { code: "answer-unreadable" } });
});

test("has no digest for bytes that are not whole", async () => {
  const registry = await startRegistry({ packages: [PACKAGE] });
  registry.respond(/\.tgz$/, (usual) => ({
    ...truncate(10)(usual),
    headers: { "content-length": String(TARBALL.byteLength), connection: "close" },
  }));
  const world = await worldOf(registry.url);
  expect(await fetchTarballDigest(world, await objectOf(world.list))).toHaveProperty("reason");
});
