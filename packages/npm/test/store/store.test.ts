import { createHash } from "node:crypto";
import type { Answer, ReleaseObject } from "@colophon/core";
import { endlessBody, truncate, type EmbeddedNpmRegistry, type PackageVersion } from "@colophon/testkit";
import { expect, test } from "vitest";
import { json, startRegistry, worldOf, type World } from "../world.ts";

const SLSA = "https://slsa.dev/provenance/v1";
const PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
const BUNDLE = { mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", x: "é" };
const LISTED = [
  { predicateType: SLSA, bundle: BUNDLE },
  { predicateType: PUBLISH, bundle: { mediaType: "application/vnd.dev.sigstore.bundle.v0.2+json" } },
];
const ENDPOINT = "/-/npm/v1/attestations/@acme/widget@";

function attested(...versions: readonly string[]): { name: string; versions: PackageVersion[] } {
  return { name: "@acme/widget", versions: versions.map((version) => ({ version, attestations: LISTED })) };
}

async function worldWith(
  ...versions: readonly string[]
): Promise<World & { readonly registry: EmbeddedNpmRegistry; readonly objects: readonly ReleaseObject[] }> {
  const registry = await startRegistry({ packages: [attested(...versions)] });
  const world = await worldOf(registry.url);
  return { ...world, registry, objects: (await world.list("@acme/widget")).objects };
}

function reasonOf(answer: Answer | undefined): { code: string; message: string; hint?: string } {
  if (answer?.status !== "unavailable") throw new TypeError(`the answer is ${JSON.stringify(answer)}`);
  return answer.reason;
}

function countOf({ requests }: EmbeddedNpmRegistry, version: string): number {
  return requests.filter(({ path }) => path.endsWith(`@${version}`)).length;
}

test("finds every attestation that is listed, byte by byte", async () => {
  const { find, objects, registry } = await worldWith("1.0.0");
  const bytes = Buffer.from(JSON.stringify(BUNDLE));
  const location = `${registry.url}/-/npm/v1/attestations/@acme%2fwidget@1.0.0`;
  const [answer] = await find(objects);
  if (answer?.status !== "answered") throw new TypeError("not answered");
  expect(answer.object).toBe("pkg:npm/%40acme/widget@1.0.0");
  expect(answer.found.map(({ listedAs }) => listedAs)).toEqual([SLSA, PUBLISH]);
  const [proof] = answer.found;
  expect(Buffer.from(proof?.bytes ?? []).equals(bytes)).toBe(true);
  expect({ ...proof, bytes: null }).toEqual({
    mediaType: BUNDLE.mediaType,
    bytes: null,
    digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
    store: "npm",
    location,
    filed: "object",
    listedAs: SLSA,
  });
});

test("asks 51 times for a package of 50 attested versions", async () => {
  const versions = Array.from({ length: 50 }, (_, index) => `1.0.${index}`);
  const { find, objects, registry, http } = await worldWith(...versions);
  const answers = await find(objects);
  expect(answers.every(({ status }) => status === "answered")).toBe(true);
  expect(new Set(answers.map(({ object }) => object)).size).toBe(50);
  expect(registry.requests).toHaveLength(51);
  expect(http.counts()[new URL(registry.url).host]).toMatchObject({ sent: 51, retried: 0 });
});

test("answers without asking where the packument says enough", async () => {
  const registry = await startRegistry({
    packages: [{ name: "widget", versions: [{ version: "1.0.0" }, { version: "1.1.0", attestations: LISTED }] }],
  });
  const mirror = await startRegistry({ packages: [attested("1.0.0")], mirror: true });
  const { find, list } = await worldOf(registry.url, { npmrc: `@acme:registry=${mirror.url}` });
  const none = (await list("widget", "1.0.0")).objects;
  const notCarried = (await list("@acme/widget")).objects;
  const asked = registry.requests.length + mirror.requests.length;
  expect(await find(none)).toEqual([{ object: "pkg:npm/widget@1.0.0", status: "answered", found: [] }]);
  const reason = reasonOf((await find(notCarried))[0]);
  expect(reason.code).toBe("attestations-not-carried");
  expect(reason.message).toContain(`${mirror.url}/`);
  expect(reason.hint).toMatch(/published to.*never carries/);
  expect(registry.requests.length + mirror.requests.length).toBe(asked);
});

test("has nothing to do with objects of registries that never carry attestations, or of no registry", async () => {
  const registry = await startRegistry({ packages: [attested("1.0.0")] });
  const { find, list } = await worldOf(registry.url, { neverCarries: () => true });
  const [object] = (await list("@acme/widget")).objects;
  if (object === undefined) throw new TypeError("no object");
  const { npm: _npm, ...file } = { ...object, id: "file:x.tgz" };
  expect(await find([object, file])).toEqual([
    { object: object.id, status: "not-applicable" },
    { object: "file:x.tgz", status: "not-applicable" },
  ]);
  expect(registry.requests).toHaveLength(1);
});

// field case npm-attestation-advertised-not-served
test("tells what is advertised and not served from what is served at the second time", async () => {
  const { find, objects, registry, http } = await worldWith("1.0.0", "1.1.0", "1.2.0");
  registry.respond(`${ENDPOINT}1.1.0`, [404, 404, 404, 404, 404, 404]);
  registry.respond(`${ENDPOINT}1.2.0`, [500, 200]);
  const answers = new Map((await find(objects)).map((answer) => [answer.object.split("@").at(-1), answer]));
  expect([...answers].map(([version, { status }]) => `${version} ${status}`).toSorted()).toEqual([
    "1.0.0 answered",
    "1.1.0 unavailable",
    "1.2.0 answered",
  ]);
  const reason = reasonOf(answers.get("1.1.0"));
  expect(reason.code).toBe("attestation-not-served");
  expect(reason.message).toContain(`${registry.url}/-/npm/v1/attestations/@acme%2fwidget@1.1.0`);
  expect(reason.message).toContain("404");
  expect(["1.0.0", "1.1.0", "1.2.0"].map((version) => countOf(registry, version))).toEqual([1, 3, 2]);
  expect(http.counts()[new URL(registry.url).host]?.retried).toBe(3);
});

test.each([
  ["an empty list", { attestations: [] }, "an empty list"],
  ["a list without the provenance that is advertised", { attestations: LISTED.slice(1) }, `a list without ${SLSA}`],
])("asks %s again, within bounds, and then does not take it for an answer", async (_what, body, message) => {
  const { find, objects, registry, pauses } = await worldWith("1.0.0");
  registry.respond(`${ENDPOINT}1.0.0`, json(body));
  const reason = reasonOf((await find(objects))[0]);
  expect(reason.code).toBe("attestation-not-served");
  expect(reason.message).toContain(message);
  expect(reason.message).toContain("last status 200");
  expect(countOf(registry, "1.0.0")).toBe(3);
  expect(pauses).toEqual([500, 1000]);
});

test("asks three times in all where an empty list and 404 take turns", async () => {
  const { find, objects, registry } = await worldWith("1.0.0");
  registry.respond(`${ENDPOINT}1.0.0`, [json({ attestations: [] }), 404]);
  expect(reasonOf((await find(objects))[0]).message).toContain("last status 404");
  expect(countOf(registry, "1.0.0")).toBe(3);
});

test("takes a list that is whole at the second time", async () => {
  const { find, objects, registry } = await worldWith("1.0.0");
  registry.respond(`${ENDPOINT}1.0.0`, [json({ attestations: [] }), 200]);
  expect((await find(objects))[0]).toMatchObject({ status: "answered", found: [{}, {}] });
  expect(countOf(registry, "1.0.0")).toBe(2);
});

test("is content with what is listed where no predicate type was advertised", async () => {
  const versions = [{ version: "1.0.0", attestations: LISTED.slice(1) }];
  const registry = await startRegistry({ packages: [{ name: "@acme/widget", versions }] });
  const { find, list } = await worldOf(registry.url);
  expect((await find((await list("@acme/widget")).objects))[0]).toMatchObject({ status: "answered", found: [{}] });
  expect(registry.requests).toHaveLength(2);
  registry.respond(`${ENDPOINT}1.0.0`, json({ attestations: [] }));
  expect(reasonOf((await find((await list("@acme/widget")).objects))[0]).code).toBe("attestation-not-served");
});

test.each([
  [500, "registry-unavailable", 3],
  [401, "access-denied", 1],
  [403, "access-denied", 1],
  [429, "rate-limited", 3],
  [410, "registry-unavailable", 1],
])("does not know what is proven where the endpoint answers %d", async (status, code, requests) => {
  const { find, objects, registry } = await worldWith("1.0.0");
  registry.respond(`${ENDPOINT}1.0.0`, status);
  expect(reasonOf((await find(objects))[0]).code).toBe(code);
  expect(countOf(registry, "1.0.0")).toBe(requests);
});

test.each([
  ["HTML", { body: "<!doctype html><p>log in" }, "HTML"],
  ["cut off", truncate(50), "not JSON"],
  ["not UTF-8", { body: Buffer.from([0x7b, 0xff]) }, "UTF-8"],
  ["without a list", json({ attestations: {} }), "no list"],
  ["with a key twice", { body: '{"attestations":[],"attestations":[]}' }, "twice"],
  ["longer than a hundred attestations", json({ attestations: Array.from({ length: 101 }, () => LISTED[0]) }), "101"],
  ["without an end", { body: endlessBody(" ".repeat(65_536)) }, "16777216 bytes"],
])("cannot use an answer that is %s", async (_what, reply, message) => {
  const { find, objects, registry } = await worldWith("1.0.0");
  registry.respond(`${ENDPOINT}1.0.0`, reply);
  const reason = reasonOf((await find(objects))[0]);
  expect(reason.code).toBe("answer-unreadable");
  expect(reason.message).toContain(message);
});

test.each([
  ["text", "no bundle", "no bundle"],
  ["a number", 7, "7"],
  ["null", null, "null"],
  ["absent", undefined, "null"],
])("keeps a bundle that is %s as a proof, so that it is judged and not lost", async (_what, bundle, bytes) => {
  const { find, objects, registry } = await worldWith("1.0.0");
  registry.respond(`${ENDPOINT}1.0.0`, json({ attestations: [{ predicateType: SLSA, bundle }] }));
  const [answer] = await find(objects);
  if (answer?.status !== "answered") throw new TypeError("not answered");
  expect(answer.found.map((proof) => [Buffer.from(proof.bytes).toString(), proof.mediaType])).toEqual([
    [bytes, "application/json"],
  ]);
});

test("answers for every object while the client is offline", async () => {
  const { objects, registry } = await worldWith("1.0.0", "1.1.0");
  const { find } = await worldOf(registry.url, { client: { offline: true } });
  const answers = await find(objects);
  expect(answers.map((answer) => reasonOf(answer).code)).toEqual(["offline", "offline"]);
});

// field case npm-attestations-url-under-prefix
test.each(["", "/"])("asks once under a registry's path prefix, written with %j at its end", async (slash) => {
  const registry = await startRegistry({ packages: [attested("1.4.0")], prefix: "/javascript", token: "TOKEN" });
  const { host, origin } = new URL(registry.url);
  const npmrc = `//${host}/javascript/:_authToken=TOKEN`;
  const { find, list } = await worldOf(`${origin}/javascript${slash}`, { npmrc });
  expect((await find((await list("@acme/widget")).objects))[0]?.status).toBe("answered");
  expect(registry.requests).toEqual([
    { method: "GET", path: "/javascript/@acme%2fwidget", authorization: "Bearer TOKEN" },
    {
      method: "GET",
      path: "/javascript/-/npm/v1/attestations/@acme%2fwidget@1.4.0",
      authorization: "Bearer TOKEN",
    },
  ]);
});

test("does not send a token that is configured for another path of the same host", async () => {
  const registry = await startRegistry({ packages: [attested("1.4.0")], prefix: "/javascript" });
  const { host } = new URL(registry.url);
  const { find, list } = await worldOf(registry.url, { npmrc: `//${host}/other/:_authToken=TOKEN` });
  expect((await find((await list("@acme/widget")).objects))[0]?.status).toBe("answered");
  expect(registry.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
});

test("never asks the host that a packument names in place of the registry", async () => {
  const [registry, other] = [await startRegistry({ packages: [attested("1.0.0")] }), await startRegistry()];
  const url = `${other.url}/-/npm/v1/attestations/@acme%2fwidget@1.0.0`;
  registry.respond(
    "/@acme/widget",
    json({ name: "@acme/widget", versions: { "1.0.0": { dist: { attestations: { url } } } } }),
  );
  const { find, list } = await worldOf(registry.url, { npmrc: `@other:registry=${other.url}` });
  expect((await find((await list("@acme/widget")).objects))[0]?.status).toBe("answered");
  expect(other.requests).toEqual([]);
});
