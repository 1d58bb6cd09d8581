import { createHash } from "node:crypto";
import {
  buildPackageTarball,
  startNpmRegistry,
  type EmbeddedNpmRegistry,
  type PackageVersion,
} from "@colophon/testkit";
import { expect, onTestFinished, test } from "vitest";
import { createNpmPublication, type ReadBack, type ReadBackRequest } from "../../src/publish/index.ts";
import { json, worldOf } from "../world.ts";

const TARBALL = buildPackageTarball({ name: "widget", version: "1.4.0" });
const digestsOf = (bytes: string | Uint8Array): Record<string, string> => ({
  sha256: createHash("sha256").update(bytes).digest("hex"),
  sha512: createHash("sha512").update(bytes).digest("hex"),
});
const EXPECTED = digestsOf(TARBALL);
const FIRST: PackageVersion = { version: "1.3.0", attestations: [] };
const ATTESTED = { attestations: [{ predicateType: "https://slsa.dev/provenance/v1", bundle: {} }] };
const ENDPOINT = /\/-\/npm\/v1\/attestations\//;

interface Scene {
  readonly registry: EmbeddedNpmRegistry;
  readonly pauses: number[];
  readonly read: (request?: Partial<ReadBackRequest>) => Promise<ReadBack>;
}

/** A registry and a clock that goes on by what is slept alone; `then` happens in the pauses, one after another. */
async function scene(
  versions: readonly PackageVersion[],
  then: readonly ((r: EmbeddedNpmRegistry) => void)[] = [],
): Promise<Scene> {
  const registry = await startNpmRegistry({ packages: [{ name: "widget", versions }] });
  onTestFinished(() => registry.close());
  const pauses: number[] = [];
  let now = 1000;
  const sleep = async (milliseconds: number): Promise<void> => {
    now += milliseconds;
    then[pauses.push(milliseconds) - 1]?.(registry);
  };
  const publication = createNpmPublication({ ...(await worldOf(registry.url)), sleep });
  const usual = { name: "widget", version: "1.4.0", expected: EXPECTED, wantsProvenance: false, patienceMs: 10_000 };
  return { registry, pauses, read: (request) => publication.readBack({ ...usual, now: () => now, ...request }) };
}

const publish =
  (version: Partial<PackageVersion> = {}) =>
  (registry: EmbeddedNpmRegistry) =>
    registry.publish("widget", { version: "1.4.0", tarball: TARBALL, ...version });
const wait = (): void => {};

test("waits with growing pauses until the version is served, and hashes its bytes", async () => {
  const { read, pauses, registry } = await scene([FIRST], [wait, wait, publish()]);
  const attestations = "none";
  expect(await read({ version: "1.4.0+build.7" })).toEqual({
    status: "served",
    digest: EXPECTED,
    matches: true,
    attestations,
  });
  expect(pauses).toEqual([1000, 2000, 4000]);
  expect(registry.requests.filter(({ path }) => path.endsWith(".tgz"))).toHaveLength(1);
});

test("waits for the tarball too", async () => {
  const { read, registry, pauses } = await scene([FIRST]);
  publish()(registry);
  registry.respond(/\.tgz$/, [404, "serve"]);
  expect(await read()).toMatchObject({ status: "served" });
  expect(pauses).toEqual([1000]);
});

// field case npm-publisher-repacks
test("tells served bytes that differ at once, whatever the packument says of them", async () => {
  const { read, registry, pauses } = await scene([FIRST]);
  publish(ATTESTED)(registry);
  registry.respond(/\.tgz$/, { body: "beta\n" });
  expect(await read({ wantsProvenance: true })).toEqual({ status: "differs", digest: digestsOf("beta\n") });
  expect(pauses).toEqual([]);
  expect(registry.requests.filter(({ path }) => ENDPOINT.test(path))).toEqual([]);
});

test("takes bytes of which one strong digest differs for others", async () => {
  const { read, registry } = await scene([FIRST]);
  publish()(registry);
  expect(await read({ expected: { ...EXPECTED, sha256: "00".repeat(32) } })).toMatchObject({ status: "differs" });
});

test("takes no expectation that the bytes cannot be held against", async () => {
  const { read, registry } = await scene([FIRST]);
  for (const expected of [{ sha1: "00" }, { sha512: "00" }, { sha384: "00".repeat(48) }]) {
    await expect(read({ expected })).rejects.toMatchObject({ code: "DIGEST_UNUSABLE" });
  }
  expect(registry.requests).toEqual([]);
});

test("gives up when its patience ends, and says what it saw last", async () => {
  const { read, pauses } = await scene([FIRST]);
  const reason = { code: "not-found", message: expect.stringContaining("does not list this version") as string };
  expect(await read()).toMatchObject({ status: "not-served", reason });
  expect(pauses).toEqual([1000, 2000, 4000, 3000]);
});

test("pauses half a minute at most", async () => {
  const { read, pauses } = await scene([FIRST]);
  await read({ patienceMs: 90_000 });
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 29_000]);
});

test("looks once without any patience", async () => {
  const { read, registry, pauses } = await scene([FIRST]);
  publish()(registry);
  expect(await read({ patienceMs: 0 })).toMatchObject({ status: "served" });
  expect(pauses).toEqual([]);
});

test.each<[string, unknown, string, number]>([
  ["access is denied", 403, "access-denied", 0],
  ["the registry fails", 500, "registry-unavailable", 4],
  ["the answer is of another package", json({ name: "other", versions: {} }), "answer-unreadable", 4],
  ["the version's entry is malformed", json({ versions: { "1.4.0": "x" } }), "version-unreadable", 4],
])("waits while that may change where %s", async (_what, answer, code, times) => {
  const { read, registry, pauses } = await scene([FIRST]);
  registry.respond("/widget", answer as 403);
  expect(await read()).toMatchObject({ status: "not-served", reason: { code } });
  expect(pauses).toHaveLength(times);
});

test("waits for attestations where provenance was asked for, the bytes read once", async () => {
  const { read, registry, pauses } = await scene(
    [FIRST],
    [wait, (r) => r.add({ name: "widget", versions: [FIRST, { version: "1.4.0", tarball: TARBALL, ...ATTESTED }] })],
  );
  publish()(registry);
  expect(await read({ wantsProvenance: true })).toMatchObject({ status: "served", attestations: "served" });
  expect(pauses).toEqual([1000, 2000]);
  expect(registry.requests.filter(({ path }) => path.endsWith(".tgz"))).toHaveLength(1);
});

test.each<[string, boolean, Partial<PackageVersion>, readonly PackageVersion[], unknown, number]>([
  ["none were wanted and none are", false, {}, [FIRST], "none", 0],
  ["none were wanted and some are there", false, ATTESTED, [FIRST], "served", 0],
  ["they never appear", true, {}, [FIRST], { reason: { code: "attestation-not-served" } }, 4],
  ["the registry carries none", true, {}, [{ version: "1.3.0" }], { reason: { code: "attestations-not-carried" } }, 0],
])("tells of attestations where %s", async (_what, wantsProvenance, members, versions, attestations, times) => {
  const { read, registry, pauses } = await scene(versions);
  publish(members)(registry);
  expect(await read({ wantsProvenance })).toMatchObject({ status: "served", matches: true, attestations });
  expect(pauses).toHaveLength(times);
});

test("tells where attestations are advertised and the endpoint never has them", async () => {
  const { read, registry, pauses } = await scene([FIRST]);
  publish(ATTESTED)(registry);
  registry.respond(ENDPOINT, 404);
  const attestations = { reason: { code: "attestation-not-served" } };
  expect(await read({ wantsProvenance: true })).toMatchObject({ status: "served", attestations });
  expect(pauses.reduce((sum, pause) => sum + pause)).toBe(10_000);
  expect(await read({ wantsProvenance: false })).toMatchObject({ status: "served", attestations });
  expect(pauses.reduce((sum, pause) => sum + pause)).toBe(10_000);
});

test("keeps bytes that were read, whatever comes later", async () => {
  const { read, registry } = await scene([FIRST], [(r) => r.respond("/widget", 403)]);
  publish()(registry);
  const attestations = { reason: { code: "access-denied" } };
  const result = await read({ wantsProvenance: true });
  expect(result).toMatchObject({ status: "served", digest: EXPECTED, attestations });
});

test("asks past all caches for all that it reads", async () => {
  const { read, registry } = await scene([FIRST]);
  publish(ATTESTED)(registry);
  const asked: unknown[] = [];
  registry.respond(({ headers, path }) => asked.push([path, headers["cache-control"]]) === 0, 500);
  await read({ wantsProvenance: true });
  expect(asked).toEqual([
    ["/widget", "no-cache"],
    ["/widget/-/widget-1.4.0.tgz", "no-cache"],
    ["/-/npm/v1/attestations/widget@1.4.0", "no-cache"],
  ]);
});
