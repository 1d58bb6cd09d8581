import { expect, test } from "vitest";
import { createNpmInventory } from "../../src/index.ts";
import { clientFor, collect, configOf, json, startRegistry, worldOf, type World } from "../world.ts";

/** A registry that answers with this packument, whatever is asked. */
async function serving(
  packument: object,
  options: Parameters<typeof worldOf>[1] = {},
): Promise<World & { readonly url: string }> {
  const registry = await startRegistry();
  registry.respond(/./, json(packument));
  return { ...(await worldOf(registry.url, options)), url: `${registry.url}/` };
}

// field case npm-versions-and-time
const WIDGET = {
  name: "@acme/widget",
  "dist-tags": { latest: "1.2.0", next: "2.0.0-beta.1" },
  versions: {
    "1.0.0": { name: "@acme/widget", version: "1.0.0", deprecated: "", dist: {} },
    "1.1.0": { name: "@acme/widget", version: "1.1.0", deprecated: "use 1.2.0", dist: {} },
    "1.2.0": { name: "@acme/widget", version: "1.2.0", dist: {} },
  },
  time: {
    created: "2024-01-01T00:00:00.000Z",
    modified: "2024-03-03T00:00:00.000Z",
    "1.0.0": "2024-01-01T00:00:01.000Z",
    "1.0.1": "2024-01-05T00:00:00.000Z",
    "1.1.0": "2024-02-01T00:00:00.000Z",
  },
};
const GONE = {
  name: "acme-gone",
  time: {
    created: "2024-01-01T00:00:00.000Z",
    modified: "2024-05-01T00:00:00.000Z",
    "1.0.0": "2024-01-01T00:00:01.000Z",
    unpublished: { time: "2024-05-01T00:00:00.000Z", versions: ["1.0.0"] },
  },
};

test("lists the keys of versions, and nothing that only time knows", async () => {
  const { list, url } = await serving(WIDGET);
  const page = await list("@acme/widget");
  expect(page.objects.map(({ id, publishedAt, deprecated, tags }) => [id, publishedAt, deprecated, tags])).toEqual([
    ["pkg:npm/%40acme/widget@1.0.0", "2024-01-01T00:00:01.000Z", null, []],
    ["pkg:npm/%40acme/widget@1.1.0", "2024-02-01T00:00:00.000Z", "use 1.2.0", []],
    ["pkg:npm/%40acme/widget@1.2.0", null, null, ["latest"]],
  ]);
  expect(page.withdrawn).toEqual(["pkg:npm/%40acme/widget@1.0.1"]);
  expect(page.warnings.map(({ code }) => code)).toEqual(["dist-tag-dangling"]);
  expect(page.warnings[0]?.message).toContain('"next" names 2.0.0-beta.1');
  expect(page.gaps).toEqual([]);
  expect(page).not.toHaveProperty("nothing");
  expect(page.objects[0]).toEqual({
    id: "pkg:npm/%40acme/widget@1.0.0",
    channels: ["npm"],
    locations: [],
    digest: {},
    digestFrom: "registry",
    name: "@acme/widget",
    version: "1.0.0",
    publishedAt: "2024-01-01T00:00:01.000Z",
    tags: [],
    declaredRepository: null,
    deprecated: null,
    npm: { servedFor: url, attestations: "not-carried" },
  });
});

test("says of a package that was unpublished whole when that was", async () => {
  const { list } = await serving(GONE);
  const page = await list("acme-gone");
  expect(page.objects).toEqual([]);
  expect(page.withdrawn).toEqual(["pkg:npm/acme-gone@1.0.0"]);
  expect(page.nothing?.code).toBe("nothing-published");
  expect(page.nothing?.message).toContain("all versions withdrawn 2024-05-01");
  expect((await list("acme-gone", "1.0.0")).nothing?.code).toBe("nothing-published");
});

test("tells a package that never had a version from one that was withdrawn", async () => {
  const empty = await serving({ name: "widget", versions: {} });
  expect((await empty.list("widget")).nothing?.message).toBe("widget: no version was ever published");
  const withdrawn = await serving({ name: "widget", versions: {}, time: { "1.0.0": "2024-01-01T00:00:00Z" } });
  expect((await withdrawn.list("widget")).nothing?.message).toBe("widget: all versions withdrawn");
});

test("takes no key of time for a withdrawn version that is none, and each one once", async () => {
  const { list } = await serving({
    name: "widget",
    versions: { "1.0.0": { dist: {} } },
    time: { note: "2024-01-01T00:00:00Z", "0.9.0": "2024-01-01T00:00:00Z", unpublished: { versions: ["0.9.0", 7] } },
  });
  expect((await list("widget")).withdrawn).toEqual(["pkg:npm/widget@0.9.0"]);
});

// field case npm-repository-forms-and-case
test.each([
  ["acme/widget", "https://github.com/acme/widget"],
  ["github:acme/widget", "https://github.com/acme/widget"],
  ["gitlab:acme/sub/widget", "https://gitlab.com/acme/sub/widget"],
  ["git@github.com:acme/widget.git", "https://github.com/acme/widget"],
  ["git+ssh://git@github.com/acme/widget.git", "https://github.com/acme/widget"],
  ["git://github.com/acme/widget.git", "https://github.com/acme/widget"],
  ["git+https://GitHub.com/Acme/Widget.git", "https://github.com/Acme/Widget"],
  [{ type: "git", url: "https://github.com/acme/widget/" }, "https://github.com/acme/widget"],
  [{ type: "git", url: "https://github.com/acme/widget#readme" }, "https://github.com/acme/widget"],
  [
    { type: "git", url: "https://github.com/acme/widget/tree/main/packages/core", directory: "packages/core" },
    "https://github.com/acme/widget",
  ],
  [{ type: "git", url: "https://robot:PASSWORD@github.com/acme/widget.git" }, "https://github.com/acme/widget"],
  [{ type: "git", url: "https://ghe.example/acme/widget.git" }, "https://ghe.example/acme/widget"],
  ["github.com/acme/widget", "https://github.com/acme/widget"],
  ["gist:11081aaa281", null],
  ["", null],
  [{ type: "git", url: "" }, null],
  [{ type: "git" }, null],
  [["acme/widget"], null],
])("reads the declared repository %j", async (repository, expected) => {
  const { list } = await serving({ name: "widget", versions: { "1.0.0": { repository, dist: {} } } });
  const page = await list("widget");
  expect(page.objects[0]?.declaredRepository).toBe(expected);
  expect(JSON.stringify(page)).not.toContain("PASSWORD");
});

test("takes digest and location as the packument has them", async () => {
  const sha512 = Buffer.alloc(64, 1);
  const tarball = "https://elsewhere.example/widget-1.0.0.tgz";
  const dist = { tarball, integrity: `sha512-${sha512.toString("base64")}`, shasum: "0".repeat(40) };
  const { list } = await serving({ name: "widget", versions: { "1.0.0": { dist } } });
  expect((await list("widget")).objects[0]).toMatchObject({
    locations: [tarball],
    digest: { sha512: sha512.toString("hex") },
    digestFrom: "registry",
  });
});

const SIGNED = { dist: { signatures: [{ keyid: "k", sig: "s" }] } };
const ADVERTISED = {
  dist: { attestations: { url: "https://registry.example/-/npm/v1/attestations/widget@1.1.0" } },
};

test.each([
  ["signatures", { "1.0.0": { dist: {} }, "1.1.0": SIGNED }, ["none", "none"]],
  ["attestations", { "1.0.0": { dist: {} }, "1.1.0": ADVERTISED }, ["none", "advertised"]],
  ["neither", { "1.0.0": { dist: {} }, "1.1.0": { dist: {} } }, ["not-carried", "not-carried"]],
])("tells by any version's %s whether the registry carries attestations", async (_what, versions, expected) => {
  const { list } = await serving({ name: "widget", versions });
  expect((await list("widget")).objects.map(({ npm }) => npm?.attestations)).toEqual(expected);
  // One version alone is judged by the whole packument too.
  expect((await list("widget", "1.0.0")).objects.map(({ npm }) => npm?.attestations)).toEqual([expected[0]]);
});

test("takes the configuration's word for a registry that never carries any, and for whom it serves", async () => {
  const asked: string[] = [];
  const { list, url } = await serving(
    { name: "widget", versions: { "1.0.0": SIGNED, "1.1.0": ADVERTISED } },
    { neverCarries: (registry) => asked.push(registry) > 0, servedFor: () => "https://origin.example/" },
  );
  expect((await list("widget")).objects.map(({ npm }) => npm)).toEqual([
    { servedFor: "https://origin.example/", attestations: "never" },
    { servedFor: "https://origin.example/", attestations: "never" },
  ]);
  expect(asked).toEqual([url]);
});

test("keeps the attestations' URL on the registry that was asked", async () => {
  const { list, url } = await serving({ name: "widget", versions: { "1.1.0": ADVERTISED } });
  expect((await list("widget")).objects[0]?.npm?.attestationsUrl).toBe(`${url}-/npm/v1/attestations/widget@1.1.0`);
});

test("makes a gap of a malformed version and lists the others", async () => {
  const { list } = await serving({ name: "widget", versions: { "1.0.0": { dist: {} }, "1.1.0": null } });
  const page = await list("widget");
  expect(page.objects.map(({ version }) => version)).toEqual(["1.0.0"]);
  expect(page.gaps).toEqual([
    { channel: "npm", target: "widget@1.1.0", reason: expect.objectContaining({ code: "version-unreadable" }) },
  ]);
  expect((await list("widget", "1.0.0")).gaps).toEqual([]);
  const alone = await list("widget", "1.1.0");
  expect(alone.gaps).toHaveLength(1);
  expect(alone).not.toHaveProperty("nothing");
});

test("does not call a malformed version withdrawn, or its tag dangling", async () => {
  const { list } = await serving({
    name: "widget",
    "dist-tags": { latest: "1.1.0" },
    versions: { "1.1.0": null },
    time: { "1.1.0": "2024-01-01T00:00:00Z" },
  });
  expect(await list("widget")).toMatchObject({ withdrawn: [], warnings: [], objects: [] });
});

test.each([
  ["1.1.0", ["1.1.0"], []],
  ["^1.0.0", ["1.0.0", "1.1.0", "1.2.0"], ["pkg:npm/%40acme/widget@1.0.1"]],
  ["latest", ["1.2.0"], []],
  ["<1.1", ["1.0.0"], ["pkg:npm/%40acme/widget@1.0.1"]],
])("lists what %s means", async (range, versions, withdrawn) => {
  const { list } = await serving(WIDGET);
  const page = await list("@acme/widget", range);
  expect(page.objects.map(({ version }) => version)).toEqual(versions);
  expect(page.withdrawn).toEqual(withdrawn);
});

test.each([
  ["1.1.1", "there is no version 1.1.1", "1.1.0, 1.2.0"],
  ["1.0.1", "version 1.0.1 was withdrawn", "1.0.0, 1.1.0"],
  ["^7.0.0", 'no version is in the range "^7.0.0"', "1.2.0"],
  ["canary", '"canary" is no version, no range and none of its dist-tags', "1.2.0"],
  ["next", 'the dist-tag "next" names 2.0.0-beta.1, which is not published', "1.2.0"],
])("says that there is nothing at %s, and what there is nearby", async (range, message, nearby) => {
  const { list } = await serving(WIDGET);
  const page = await list("@acme/widget", range);
  expect(page.objects).toEqual([]);
  expect(page.gaps).toEqual([]);
  expect(page.nothing?.code).toBe("no-such-object");
  expect(page.nothing?.message).toBe(`@acme/widget: ${message}`);
  expect(page.nothing?.hint).toContain(nearby);
});

test("gives one page for each target, and none behind its own key", async () => {
  const registry = await startRegistry({ packages: [{ name: "widget", versions: [{ version: "1.0.0" }] }] });
  const config = await configOf({ "home/.npmrc": `registry=${registry.url}` });
  const inventory = createNpmInventory({ http: clientFor(config), config });
  const target = { channel: "npm", name: "widget" } as const;
  const [page] = await collect(inventory.list(target));
  expect(inventory.channel).toBe("npm");
  expect(page?.key).toBe("npm:widget");
  expect((await collect(inventory.list({ ...target, range: "1.0.0" })))[0]?.key).toBe("npm:widget@1.0.0");
  expect(await collect(inventory.list(target, page?.key))).toEqual([]);
});

test("asks each package at its scope's registry", async () => {
  const [main, scoped] = [await startRegistry(), await startRegistry()];
  main.add({ name: "widget", versions: [{ version: "1.0.0" }] });
  scoped.add({ name: "@acme/widget", versions: [{ version: "2.0.0" }] });
  const { list } = await worldOf(main.url, { npmrc: `@acme:registry=${scoped.url}` });
  expect((await list("widget")).objects[0]?.npm?.servedFor).toBe(`${main.url}/`);
  expect((await list("@acme/widget")).objects[0]?.npm?.servedFor).toBe(`${scoped.url}/`);
  expect(main.requests).toHaveLength(1);
});
