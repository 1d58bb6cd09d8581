import type { EmbeddedNpmRegistry, NpmRegistryOptions } from "@colophon/testkit";
import { expect, test } from "vitest";
import type { TrustRank } from "@colophon/core";
import { createNpmPublication, type NpmPublication } from "../../src/publish/index.ts";
import { json, makeFolder, startRegistry, worldOf } from "../world.ts";

const PROVENANCE = "https://slsa.dev/provenance/v1";
const attested = { attestations: [{ predicateType: PROVENANCE, bundle: {} }] };
const by = (user: object): object => ({ manifest: { _npmUser: { name: "robot", ...user } } });
const trusted = { ...attested, ...by({ trustedPublisher: { id: "github" } }) };
const staged = by({ approver: { name: "somebody" } });

async function publicationOf(
  options: NpmRegistryOptions,
  npmrc = "",
): Promise<{ registry: EmbeddedNpmRegistry; publication: NpmPublication }> {
  const registry = await startRegistry(options);
  return { registry, publication: createNpmPublication(await worldOf(registry.url, { npmrc })) };
}

const PACKAGES = [
  {
    name: "@acme/widget",
    versions: [
      { version: "1.0.0" },
      { version: "1.1.0", integrity: `sha512-${Buffer.alloc(64, 7).toString("base64")}` },
    ],
    time: { "0.9.0": "2023-01-01T00:00:00.000Z" },
  },
  { name: "acme-gone", unpublished: { time: "2024-05-01T00:00:00.000Z", versions: ["1.0.0"] } },
];

test.each([
  ["@acme/widget", "1.2.0", "free"],
  ["@acme/new", "1.0.0", "free"],
  ["acme-gone", "1.1.0", "free"],
  ["@acme/widget", "1.0.0", "taken"],
  ["@acme/widget", "1.0.0+build.7", "taken"],
  ["@acme/widget", "0.9.0", "taken"],
  ["acme-gone", "1.0.0", "taken"],
])("says of %s@%s that it is %s", async (name, version, state) => {
  const { publication } = await publicationOf({ packages: PACKAGES });
  expect(await publication.versionState(name, version)).toMatchObject({ state });
});

test("tells what the registry has of a version that is taken", async () => {
  const { publication, registry } = await publicationOf({ packages: PACKAGES });
  expect(await publication.versionState("@acme/widget", "1.1.0")).toEqual({
    state: "taken",
    digest: { sha512: "07".repeat(64) },
    tarballUrl: `${registry.url}/@acme/widget/-/widget-1.1.0.tgz`,
  });
  expect(await publication.versionState("@acme/widget", "0.9.0")).toEqual({ state: "taken" });
  const versions = { "1.0.0": "x", "1.1.0": { dist: {} } };
  registry.respond("/odd", json({ name: "odd", versions }));
  expect(await publication.versionState("odd", "1.0.0")).toEqual({ state: "taken" });
  expect(await publication.versionState("odd", "1.1.0")).toEqual({ state: "taken" });
});

test.each([
  ["403", 403, "access-denied"],
  ["500", 500, "registry-unavailable"],
  ["no packument", { body: "<html>" }, "answer-unreadable"],
  ["another package", json({ name: "other", versions: {} }), "answer-unreadable"],
])("knows nothing where the registry answers %s", async (_what, answer, code) => {
  const { registry, publication } = await publicationOf({ packages: PACKAGES });
  registry.respond(/widget/, answer);
  const unknown = { reason: { code } };
  expect(await publication.versionState("@acme/widget", "2.0.0")).toMatchObject({ state: "unknown", ...unknown });
  expect(await publication.predecessor("@acme/widget", "2.0.0")).toMatchObject({ status: "unknown", ...unknown });
});

test("asks for nothing that is no package's name", async () => {
  const { registry, publication } = await publicationOf({});
  expect(await publication.versionState("../x", "1.0.0")).toMatchObject({ state: "unknown" });
  expect(await publication.predecessor("../x", "1.0.0")).toMatchObject({ status: "unknown" });
  expect(registry.requests).toEqual([]);
});

test("asks the registry anew each time, past all caches, with its token", async () => {
  const registry = await startRegistry({ packages: PACKAGES, token: "TOKEN" });
  const npmrc = `//${new URL(registry.url).host}/:_authToken=TOKEN`;
  const world = await worldOf(registry.url, { npmrc, client: { cacheDir: await makeFolder() } });
  const asked: unknown[] = [];
  registry.respond(({ headers }) => asked.push([headers["cache-control"], headers["if-none-match"]]) === 0, 500);
  const publication = createNpmPublication(world);
  expect(await publication.versionState("@acme/widget", "1.2.0")).toEqual({ state: "free" });
  registry.publish("@acme/widget", { version: "1.2.0" });
  expect(await publication.versionState("@acme/widget", "1.2.0")).toMatchObject({ state: "taken" });
  expect(asked).toEqual([
    ["no-cache", undefined],
    ["no-cache", undefined],
  ]);
});

interface Line {
  readonly versions: readonly { readonly version: string; readonly publishedAt?: string | null }[];
  readonly of: string;
  readonly is: readonly [version: string, rank: TrustRank] | null;
}

test.each<[string, Line]>([
  ["of no version below", { versions: [{ version: "2.0.0" }], of: "1.0.0", is: null }],
  [
    "of a version that is there, itself left out",
    {
      versions: [{ version: "1.0.0" }, { version: "1.0.1", ...attested } as never],
      of: "1.0.1",
      is: ["1.0.0", "none"],
    },
  ],
  ["of none but prereleases", { versions: [{ version: "1.0.0-rc.1", ...attested }], of: "1.0.0", is: null }],
  ["of itself alone", { versions: [{ version: "1.0.0", ...attested }], of: "1.0.0", is: null }],
  [
    "by number, not by time",
    {
      versions: [{ version: "1.2.0" }, { version: "1.10.0", ...attested }, { version: "1.9.0" }, { version: "2.0.0" }],
      of: "1.11.0",
      is: ["1.10.0", "provenance"],
    },
  ],
  [
    "of a prerelease, a prerelease",
    {
      versions: [{ version: "1.0.0", ...trusted }, { version: "1.1.0-rc.9" }, { version: "1.1.0-rc.10", ...attested }],
      of: "1.1.0-rc.11",
      is: ["1.1.0-rc.10", "provenance"],
    },
  ],
  [
    "from a trusted publisher",
    { versions: [{ version: "1.0.0", ...trusted }], of: "1.0.1", is: ["1.0.0", "trusted-publisher"] },
  ],
  [
    "from a trusted publisher that left no provenance",
    { versions: [{ version: "1.0.0", ...by({ trustedPublisher: {} }) }], of: "1.0.1", is: ["1.0.0", "none"] },
  ],
  ["that was staged", { versions: [{ version: "1.0.0", ...staged }], of: "1.0.1", is: ["1.0.0", "staged"] }],
  [
    "with attestations, none of provenance",
    { versions: [{ version: "1.0.0", attestations: [] } as never], of: "1.0.1", is: ["1.0.0", "none"] },
  ],
  [
    "on another line than the strongest",
    {
      versions: [{ version: "1.0.0" }, { version: "2.0.0", ...trusted }, { version: "3.0.0-rc.1", ...staged }],
      of: "1.0.1",
      is: ["1.0.0", "none"],
    },
  ],
  [
    "beside a stronger one without a time",
    {
      versions: [{ version: "1.0.0", ...trusted, publishedAt: null }, { version: "1.1.0" }],
      of: "1.2.0",
      is: ["1.1.0", "none"],
    },
  ],
])("finds the predecessor %s", async (_what, { versions, of, is }) => {
  const { publication } = await publicationOf({ packages: [{ name: "widget", versions }] });
  const predecessor = await publication.predecessor("widget", of);
  if (is === null) return expect(predecessor).toEqual({ status: "none" });
  const [version, rank] = is;
  return expect(predecessor).toEqual({ status: "found", version, rank });
});

test("has no predecessor for a first publication, and knows none where it cannot be read", async () => {
  const { registry, publication } = await publicationOf({});
  expect(await publication.predecessor("widget", "1.0.0")).toEqual({ status: "none" });
  registry.respond("/widget", json({ name: "widget", versions: { "1.0.0": "x", odd: { dist: {} } } }));
  const unknown = { status: "unknown", reason: { code: "version-unreadable" } };
  expect(await publication.predecessor("widget", "1.0.1")).toMatchObject(unknown);
  expect(await publication.predecessor("widget", "x")).toMatchObject(unknown);
});
