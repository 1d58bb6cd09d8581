import type { Inventory, InventoryPage } from "@colophon/core";
import { createHttp, type HttpOptions } from "@colophon/http";
import {
  startHelmRepository,
  startOciRegistry,
  type EmbeddedHelmRepository,
  type EmbeddedOciRegistry,
} from "@colophon/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { createHelmInventory } from "../../src/helm/helm-inventory.ts";
import { createOciInventory } from "../../src/inventory/oci-inventory.ts";
import { collect } from "../collect.ts";
import { clientOf } from "../registry/loopback.ts";

const ALPHA = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const BETA = "f2c82decdd7181cf98945929a62598db7e6b477e11f6e0eb0ae97020eff151ad";
const CHARTS = "acme/charts/widget";

async function start(): Promise<EmbeddedHelmRepository> {
  const repository = await startHelmRepository();
  onTestFinished(() => repository.close());
  return repository;
}

interface Asked {
  readonly range?: string;
  readonly after?: string;
  readonly query?: string;
  readonly registry?: EmbeddedOciRegistry;
  readonly options?: Partial<HttpOptions>;
}

/** Lists what lies at the URL; its host alone is trusted. */
async function list(name: string, asked: Asked = {}): Promise<readonly InventoryPage[]> {
  const { range, after } = asked;
  const target = { channel: "helm", name, ...(range !== undefined && { range }) } as const;
  return await collect(openInventory(name, asked).list(target, after));
}

function openInventory(name: string, { query, registry, options }: Asked = {}): Inventory {
  const trustedHosts = [URL.parse(name)?.host ?? ""];
  const http = createHttp({ userAgent: "colophon-test", trustedHosts, sleep: async () => {}, ...options });
  onTestFinished(() => http.close());
  const oci = clientOf(
    registry === undefined ? [] : [{ ...registry, origin: registry.url, seen: [], asked: () => [] }],
  );
  const queries = new Map(query === undefined ? [] : [[name, query]]);
  return createHelmInventory({ http, images: createOciInventory({ registry: oci }), queries });
}

const objectsOf = (pages: readonly InventoryPage[]) => pages.flatMap(({ objects }) => objects);
const versionsOf = (pages: readonly InventoryPage[]) => objectsOf(pages).map(({ version }) => version ?? "");
const gapsOf = (pages: readonly InventoryPage[]) => pages.flatMap(({ gaps }) => gaps.map(({ reason }) => reason.code));

async function startRegistry(): Promise<EmbeddedOciRegistry> {
  const registry = await startOciRegistry();
  onTestFinished(() => registry.close());
  return registry;
}

describe("a classic repository", () => {
  test("lists what its index claims of each chart", async () => {
    const { url, addChart } = await start();
    addChart({
      name: "widget",
      version: "1.4.0",
      entry: { digest: ALPHA, deprecated: true, home: "https://github.com/acme/widget" },
    });
    addChart({
      name: "widget",
      version: "1.3.0",
      entry: { urls: [`${url}/widget-1.3.0.tgz?a=b`], digest: `sha256:${BETA.toUpperCase()}` },
    });
    addChart({ name: "widget", version: "1.5.0-rc.1+build.7", entry: { digest: "none" } });
    addChart({ name: "gadget", version: "0.1.0", entry: { digest: undefined, urls: ["s3://bucket/gadget.tgz"] } });
    const pages = await list(url);
    const id = (name: string) => `pkg:helm/${name}?repository_url=${url.replaceAll("/", "%2F")}`;
    expect(pages.map(({ key, objects }) => [key, objects.length])).toEqual([
      [`helm:${url}@gadget`, 1],
      [`helm:${url}@widget`, 3],
    ]);
    const [gadget, old, stable, rc] = [
      "gadget@0.1.0",
      "widget@1.3.0",
      "widget@1.4.0",
      "widget@1.5.0-rc.1%2Bbuild.7",
    ].map((name) => objectsOf(pages).find((object) => object.id === id(name)));
    expect(stable).toEqual({
      id: id("widget@1.4.0"),
      channels: ["helm"],
      locations: [`${url}/widget-1.4.0.tgz`],
      digest: { sha256: ALPHA },
      digestFrom: "registry",
      name: `${url}/widget`,
      version: "1.4.0",
      publishedAt: "2026-01-31T12:00:00.123456789Z",
      tags: ["latest"],
      declaredRepository: "https://github.com/acme/widget",
      deprecated: "the chart is deprecated",
      helm: { archiveUrl: `${url}/widget-1.4.0.tgz` },
    });
    expect(old).toMatchObject({ digest: { sha256: BETA }, tags: [], locations: [`${url}/widget-1.3.0.tgz`] });
    expect(rc).toMatchObject({ digest: {}, warnings: [{ code: "index-digest-unreadable" }] });
    expect(gadget).toMatchObject({ locations: [], digest: {}, helm: {} });
    await expect(list(url, { after: `helm:${url}@gadget` }).then(versionsOf)).resolves.toHaveLength(3);
  });

  test.each([
    ["", undefined, ["1.0.0", "1.4.0", "2.0.0"]],
    ["/", undefined, ["1.0.0", "1.4.0", "2.0.0"]],
    ["/widget", undefined, ["1.4.0", "2.0.0"]],
    ["/widget", "1.4.0", ["1.4.0"]],
    ["/widget", "^1", ["1.4.0"]],
    ["/widget", "latest", ["2.0.0"]],
  ])("is meant by its URL, and its charts by theirs: %s@%s", async (path, range, expected) => {
    const { url, addChart } = await start();
    addChart({ name: "widget", version: "2.0.0" });
    addChart({ name: "widget", version: "1.4.0" });
    addChart({ name: "gadget", version: "1.0.0" });
    const pages = await list(`${url}${path}`, range === undefined ? {} : { range });
    expect([versionsOf(pages).toSorted(), gapsOf(pages)]).toEqual([expected, []]);
  });

  test.each([
    ["/widget", "9.9.9", "no-such-object"],
    ["/widget", "edge", "no-such-object"],
    ["/gadget", undefined, "no-such-object"],
    ["/none", "1.0.0", "nothing-published"],
  ])("says so where there is nothing of what is asked for: %s@%s", async (path, range, code) => {
    const { url, addChart, put } = await start();
    addChart({ name: "widget", version: "1.4.0" });
    if (path === "/none") put("index.yaml", "entries:\n  none: []\n");
    const pages = await list(`${url}${path}`, range === undefined ? {} : { range });
    expect([objectsOf(pages), gapsOf(pages), pages.map(({ nothing }) => nothing?.code)]).toEqual([[], [], [code]]);
  });

  test("makes a gap of every entry that cannot be read, and hides no other behind it", async () => {
    const { url, addChart } = await start();
    addChart({ name: "widget", version: "1.4.0" });
    addChart({ name: "widget", version: "latest" });
    addChart({ name: "widget", version: "1.3.0", entry: { urls: [] } });
    addChart({ name: "widget", version: "1.4.0", entry: { digest: ALPHA } });
    addChart({ name: "widget", version: "1.4.0" });
    const pages = await list(url);
    expect([versionsOf(pages), gapsOf(pages)]).toEqual([
      ["1.4.0"],
      Array.from({ length: 3 }, () => "entry-unreadable"),
    ]);
    expect(pages.flatMap(({ gaps }) => gaps)[2]).toMatchObject({
      channel: "helm",
      target: `${url}/widget`,
      reason: { message: `${url}/widget: "1.4.0" is listed twice, as different archives` },
    });
    const named = await list(`${url}/widget`, { range: "1.4.0" });
    expect([versionsOf(named), gapsOf(named)]).toEqual([["1.4.0"], []]);
  });

  test.each<[string, Parameters<EmbeddedHelmRepository["respond"]>[1], string]>([
    ["that is not there", 404, "repository-unknown"],
    ["that is private", 403, "access-denied"],
    ["that wants a login", 401, "access-denied"],
    ["that is a page for people", { body: "<html>Sign in</html>" }, "answer-unreadable"],
    ["that is half of one", { body: "entries:\n  widget: [\n" }, "answer-unreadable"],
    ["of a server that is not well", 500, "registry-unavailable"],
    ["of a server that limits requests", { status: 429, headers: { "retry-after": "100000" } }, "rate-limited"],
    [
      "that leads to a private address",
      { status: 302, headers: { location: "https://10.0.0.1/index.yaml" } },
      "registry-unavailable",
    ],
  ])("is a gap by an index %s", async (_, script, code) => {
    const { url, respond } = await start();
    respond(/index\.yaml/, script);
    for (const pages of [await list(url), await list(`${url}/widget`, { range: "1.4.0" })]) {
      expect([...gapsOf(pages), ...objectsOf(pages)]).toEqual([code]);
    }
    expect(gapsOf(await list(url, { options: { offline: true } }))).toEqual(["offline"]);
  });

  test.each<[number, number, string, number]>([
    [404, 404, "/stable/widget: its index", 2],
    [403, 500, "/stable: index.yaml: the registry answers 500", 2],
    [500, 404, "/stable/widget: index.yaml: the registry answers 500", 1],
  ])(
    "that cannot be told from one of its charts (%i, %i) is a gap that says what matters",
    async (whole, parent, says, asked) => {
      const { url, respond, requests } = await start();
      respond("/stable/widget/index.yaml", whole);
      respond("/stable/index.yaml", parent);
      const pages = await list(`${url}/widget`, { options: { random: () => 0 } });
      expect(
        pages.flatMap(({ gaps }) => gaps.map(({ reason }) => reason.message.slice(url.length - "/stable".length))),
      ).toEqual([expect.stringContaining(says)]);
      expect(new Set(requests.map(({ path }) => path)).size).toBe(asked);
    },
  );

  test("is asked for its index once, however often it is listed", async () => {
    const { url, addChart, requests } = await start();
    addChart({ name: "widget", version: "1.4.0" });
    const inventory = openInventory(url);
    for (const name of [url, `${url}/`, url]) await collect(inventory.list({ channel: "helm", name }));
    expect(requests).toHaveLength(1);
  });

  test.each(["..", "a/b", "", "a b", "x".repeat(251), "widget"])(
    "takes %j with a list that is none for no chart",
    async (name) => {
      const { url, put } = await start();
      put("index.yaml", JSON.stringify({ entries: { [name]: name === "widget" ? {} : [] } }));
      expect(gapsOf(await list(url))).toEqual(["entry-unreadable"]);
    },
  );

  test("is asked with its query, which nothing shows and no other host gets", async () => {
    const { url, addChart, requests } = await start();
    addChart({ name: "widget", version: "1.4.0" });
    addChart({ name: "widget", version: "1.3.0", entry: { urls: ["//other.example/widget.tgz"] } });
    const [page, ...more] = await list(`${url}/widget`, { range: ">=1", query: "?sig=secret" });
    expect([requests.map(({ path }) => path), more]).toEqual([["/stable/index.yaml?sig=secret"], []]);
    expect(page?.objects.map(({ helm }) => helm?.archiveUrl)).toEqual([
      "http://other.example/widget.tgz",
      `${url}/widget-1.4.0.tgz?sig=secret`,
    ]);
    const shown = page?.objects.map((object) => ({ ...object, helm: undefined }));
    expect(JSON.stringify({ ...page, objects: shown })).not.toContain("secret");
  });
});

describe("a chart in a registry", () => {
  test("is listed by its versions alone, with + where its tags have _", async () => {
    const registry = await startRegistry();
    for (const version of ["1.4.0", "1.4.0+build.7", "1.4.0+build.8", "0.0.11-rc4+build3", "latest", "v1", "1.4"])
      registry.addChart(CHARTS, { name: "widget", version });
    registry.addImage(CHARTS, ["2.0.0"]);
    const name = `${registry.host}/${CHARTS}`;
    const pages = await list(name, { registry });
    expect(versionsOf(pages).toSorted()).toEqual(["0.0.11-rc4+build3", "1.4.0", "1.4.0+build.7", "1.4.0+build.8"]);
    expect(pages.flatMap(({ warnings }) => warnings.map(({ code }) => code))).toEqual(["not-a-chart"]);
    for (const range of ["1.4.0+build.7", "1.4.0_build.7"]) {
      expect(objectsOf(await list(name, { registry, range }))).toMatchObject([
        {
          channels: ["oci", "helm"],
          version: "1.4.0+build.7",
          locations: [expect.anything(), `oci://${name}:1.4.0_build.7`],
        },
      ]);
    }
    expect((await list(name, { registry, range: "1.4.0+build.9" })).map(({ nothing }) => nothing?.code)).toEqual([
      "no-such-object",
    ]);
    expect((await list(`${registry.host}/acme/none`, { registry })).map(({ gaps }) => gaps[0]?.channel)).toEqual([
      "helm",
    ]);
  });

  test("that an index names is the object there, by its manifest", async () => {
    const [registry, { url, addChart }] = [await startRegistry(), await start()];
    const digest = registry.addChart(CHARTS, { name: "widget", version: "1.4.0+build.7", prov: "signed" });
    const oci = `oci://${registry.host}/${CHARTS}`;
    const entry = { digest: ALPHA };
    addChart({ name: "widget", version: "1.4.0+build.7", entry: { ...entry, urls: [`${oci}:1.4.0_build.7`] } });
    addChart({ name: "named", version: "1.4.0+build.7", entry: { digest: undefined, urls: [oci] } });
    addChart({ name: "gone", version: "9.9.9", entry: { urls: [oci] } });
    addChart({ name: "odd", version: "1.0.0", entry: { urls: ["oci://"] } });
    const pages = await list(url, { registry });
    const [named, widget] = objectsOf(pages);
    expect([named?.id, widget?.digest]).toEqual([widget?.id, { sha256: digest.slice(7) }]);
    expect(widget).toMatchObject({
      channels: ["oci", "helm"],
      tags: ["1.4.0_build.7", "latest"],
      publishedAt: expect.any(String) as string,
    });
    expect([named, widget].map((object) => object?.warnings?.map(({ code }) => code))).toEqual([
      ["pgp-signature"],
      ["pgp-signature", "index-digest-differs"],
    ]);
    expect(gapsOf(pages)).toEqual(["no-such-object", "reference-invalid"]);
    const archive = widget?.parts?.[0]?.digest["sha256"];
    addChart({ name: "told", version: "1.4.0+build.7", entry: { digest: archive, urls: [oci] } });
    const told = objectsOf(await list(`${url}/told`, { registry }));
    expect(told[0]?.warnings?.map(({ code }) => code)).toEqual(["pgp-signature"]);
  });
});
