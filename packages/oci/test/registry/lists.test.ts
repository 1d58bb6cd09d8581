import { describe, expect, test } from "vitest";
import { fallbackTag } from "../../src/registry/lists.ts";
import { IMAGE_INDEX } from "../layout-folder.ts";
import { clientOf, serve, startFake, type Reply } from "./loopback.ts";

const tagsOf = (tags: unknown, link?: string): Reply => ({
  body: JSON.stringify({ name: "acme/widget", tags }),
  ...(link !== undefined && { headers: { link } }),
});

describe("the tags of a repository", () => {
  /** What follows the first page, whose tag is 1.9.0. `HOST` in a link is the registry. */
  test.each<[string, string, Reply, readonly string[], RegExp | null]>([
    [
      "a relative link",
      '</v2/acme/widget/tags/list?last=1.9.0&n=100>; rel="next"',
      tagsOf(["2.0.0"]),
      ["1.9.0", "2.0.0"],
      null,
    ],
    [
      "an absolute link",
      "<http://HOST/v2/acme/widget/tags/list?last=1.9.0&n=100>; rel=next",
      tagsOf(["2.0.0"]),
      ["1.9.0", "2.0.0"],
      null,
    ],
    [
      "a link of a registry that takes itself to be elsewhere",
      "<https://HOST/v2/acme/widget/tags/list?last=1.9.0>; rel=next",
      tagsOf(["2.0.0"]),
      ["1.9.0", "2.0.0"],
      null,
    ],
    [
      "a link without brackets",
      '/v2/acme/widget/tags/list?last=1.9.0&n=100; rel="next"',
      tagsOf(["2.0.0"]),
      ["1.9.0", "2.0.0"],
      null,
    ],
    [
      "a link among others",
      '<http://HOST/a,b>; rel="prev", </v2/acme/widget/tags/list?last=1.9.0>; title=x; rel="last NEXT"',
      tagsOf(["2.0.0"]),
      ["1.9.0", "2.0.0"],
      null,
    ],
    [
      "a link of another relation",
      '</v2/acme/widget/tags/list?last=1.9.0>; rel="nextish"',
      tagsOf(["2.0.0"]),
      ["1.9.0"],
      null,
    ],
    [
      "a link in a circle",
      '</v2/acme/widget/tags/list?n=100>; rel="next"',
      tagsOf(["1.9.0"], '</v2/acme/widget/tags/list?n=100>; rel="next"'),
      ["1.9.0"],
      /circle/,
    ],
    [
      "a link to another host",
      '<https://evil.example/v2/acme/widget/tags/list?last=1.9.0>; rel="next"',
      tagsOf(["2.0.0"]),
      ["1.9.0"],
      /evil\.example/,
    ],
    ["a link to no URL", '<http://[>; rel="next"', tagsOf(["2.0.0"]), ["1.9.0"], /no URL/],
    ["a next page of 500", '</v2/acme/widget/tags/list?last=1.9.0>; rel="next"', { status: 500 }, ["1.9.0"], /500/],
    [
      "a next page of HTML",
      '</v2/acme/widget/tags/list?last=1.9.0>; rel="next"',
      { headers: { "content-type": "text/html" } },
      ["1.9.0"],
      /web page/,
    ],
    [
      "a next page that hides the rest",
      '</v2/acme/widget/tags/list?last=1.9.0>; rel="next"',
      { status: 403 },
      ["1.9.0"],
      /private/,
    ],
  ])("come with %s", async (_, link, next, items, incomplete) => {
    const server = await serve(({ path, headers }) => {
      if (path.endsWith("/tags/list?n=1000")) return tagsOf(["1.9.0"], link.replace("HOST", headers.host ?? ""));
      return path.includes("?n=1000&last=") ? tagsOf([]) : next;
    });
    const tags = await clientOf([server]).tags({ registry: server.host, repository: "acme/widget" });
    expect(tags).toEqual({
      ok: true,
      value: {
        items,
        ...(incomplete && {
          incomplete: expect.objectContaining({ message: expect.stringMatching(incomplete) as string }) as unknown,
        }),
      },
    });
  });

  test.each<[string, Reply, object]>([
    ["null is none", tagsOf(null), { ok: true, value: { items: [] } }],
    ["an empty list is none", tagsOf([]), { ok: true, value: { items: [] } }],
    ["no list is no answer", { body: "{}" }, { ok: false, reason: { code: "answer-unreadable" } }],
    ["no JSON is no answer", { body: "{" }, { ok: false, reason: { code: "answer-unreadable" } }],
    [
      "a list of what no tag can be is no answer",
      tagsOf(["../x"]),
      { ok: false, reason: { code: "answer-unreadable" } },
    ],
    ["a list of numbers is no answer", tagsOf([1]), { ok: false, reason: { code: "answer-unreadable" } }],
    ["404 is a repository that is not known", { status: 404 }, { ok: false, reason: { code: "repository-unknown" } }],
    ["401 is no empty list", { status: 401 }, { ok: false, reason: { code: "access-denied" } }],
  ])("%s", async (_, reply, expected) => {
    const server = await serve(() => reply);
    await expect(clientOf([server]).tags({ registry: server.host, repository: "acme/widget" })).resolves.toMatchObject(
      expected,
    );
  });

  test.each([
    ["of as many as were asked for", 1000],
    ["of fewer", 700],
  ])("are asked for further where a page %s tells no next one", async (_, most) => {
    const all = Array.from({ length: 2500 }, (_, index) => `t${String(index).padStart(4, "0")}`);
    const server = await serve(({ path }) => {
      const query = new URLSearchParams(path.split("?")[1]);
      const from = all.indexOf(query.get("last") ?? "") + 1;
      return tagsOf(all.slice(from, from + Math.min(Number(query.get("n")), most)));
    });
    const tags = await clientOf([server]).tags({ registry: server.host, repository: "acme/widget" });
    expect(tags).toEqual({ ok: true, value: { items: all } });
    const ends = Array.from({ length: 2500 / most }, (_, page) => all[(page + 1) * most - 1]);
    expect(server.asked().map((asked) => asked.split("?")[1])).toEqual([
      "n=1000",
      ...[...ends, "t2499"].map((last) => `n=1000&last=${last}`),
    ]);
  });

  test("of a registry that gives all at once are asked for once more, and are each there once", async () => {
    const all = ["1.4.0", "1.10.0"];
    const server = await serve(() => tagsOf(all));
    const tags = await clientOf([server]).tags({ registry: server.host, repository: "acme/widget" });
    expect(tags).toEqual({ ok: true, value: { items: all } });
    expect(server.seen).toHaveLength(2);
  });

  test("that come page by page without end end in so many pages", async () => {
    let page = 0;
    const server = await serve(() => tagsOf([`t${(page += 1)}`], `</v2/a/tags/list?last=${page}>; rel=next`));
    const tags = await clientOf([server]).tags({ registry: server.host, repository: "a" });
    expect(tags).toMatchObject({ ok: true, value: { incomplete: { code: "too-large" } } });
    expect(page).toBe(1000);
  });
});

describe("referrers", () => {
  const HEX = "b".repeat(64);
  const entry = (digit: string): object => ({ mediaType: "m", digest: `sha256:${digit.repeat(64)}`, size: 1 });
  const index = (manifests: readonly object[], link?: string): Reply => ({
    headers: { "content-type": IMAGE_INDEX, ...(link && { link }) },
    body: JSON.stringify({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests }),
  });

  test("come from the API in pages, each once", async () => {
    const server = await serve(({ path }) =>
      path.includes("?") ? index([entry("2"), entry("1")]) : index([entry("1")], `<${path}?last=1>; rel=next`),
    );
    const found = await clientOf([server]).referrers({ registry: server.host, repository: "a" }, `sha256:${HEX}`);
    expect(found).toMatchObject({ ok: true, value: { from: "api", items: [entry("1"), entry("2")] } });
    expect(server.asked()).toEqual([`GET /v2/a/referrers/sha256:${HEX}`, `GET /v2/a/referrers/sha256:${HEX}?last=1`]);
  });

  test("whose next page is not found are incomplete", async () => {
    const server = await serve(({ path }) =>
      path.includes("?") ? { status: 404 } : index([entry("1")], `<${path}?last=1>; rel=next`),
    );
    const found = await clientOf([server]).referrers({ registry: server.host, repository: "a" }, `sha256:${HEX}`);
    expect(found).toMatchObject({ ok: true, value: { from: "api", items: [entry("1")], incomplete: {} } });
  });

  test.each([404, 405])("come from the fallback tag where the API answers %i, which is asked once", async (status) => {
    const fake = await startFake();
    fake.before = ({ path }) => (path.includes("/referrers/") ? { status } : undefined);
    fake.addIndex([entry("1")], `sha256-${HEX}`);
    const registry = clientOf([fake]);
    const [found, none] = await Promise.all(
      [HEX, "c".repeat(64)].map((hex) => registry.referrers(fake.widget, `sha256:${hex}`)),
    );
    expect(found).toMatchObject({ ok: true, value: { from: "tag", items: [entry("1")] } });
    expect(none).toEqual({ ok: true, value: { from: "tag", items: [] } });
    expect(fake.asked().filter((asked) => asked.includes("/referrers/"))).toHaveLength(1);
  });

  test("of other images are still asked for after a first answer that is none", async () => {
    const fake = await startFake();
    fake.before = ({ path }) => (path.includes(`referrers/sha256:${HEX}`) ? { body: "no JSON" } : undefined);
    const registry = clientOf([fake]);
    const [first, second] = await Promise.all(
      [HEX, "c".repeat(64)].map((hex) => registry.referrers(fake.widget, `sha256:${hex}`)),
    );
    expect([first, second]).toMatchObject([{ ok: false }, { ok: true, value: { from: "api" } }]);
  });

  test("of other images are still asked for after one that the registry does not know", async () => {
    const fake = await startFake();
    const body = '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}';
    fake.before = ({ path }) => (path.includes(`referrers/sha256:${HEX}`) ? { status: 404, body } : undefined);
    const registry = clientOf([fake]);
    await expect(registry.referrers(fake.widget, `sha256:${HEX}`)).resolves.toMatchObject({ value: { from: "tag" } });
    const other = await registry.referrers(fake.widget, `sha256:${"c".repeat(64)}`);
    expect(other).toMatchObject({ value: { from: "api" } });
  });

  test.each<[string, Reply]>([
    ["a bare 404", { status: 404, body: "no page" }],
    ["a bare 405", { status: 405 }],
    ["404 of a repository that it does not know", { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' }],
  ])("could not be had where an API that has listed others answers %s, and are asked for again", async (_, reply) => {
    const fake = await startFake();
    const image = fake.addImage("image");
    const referrer = fake.addManifest([], { subject: image });
    const registry = clientOf([fake]);
    await expect(registry.referrers(fake.widget, `sha256:${HEX}`)).resolves.toMatchObject({ ok: true });
    fake.before = ({ path }) => (path.includes("/referrers/") ? reply : undefined);
    const missed = await registry.referrers(fake.widget, image.digest);
    expect(missed).toMatchObject({ ok: false, reason: { code: "registry-unavailable" } });
    fake.before = () => undefined;
    const found = await registry.referrers(fake.widget, image.digest);
    expect(found).toMatchObject({ value: { from: "api", items: [{ digest: referrer.digest }] } });
  });

  test("are asked for again once the API shows after an answer under way at once that hid it", async () => {
    const fake = await startFake();
    const registry = clientOf([fake]);
    const [lost, hidden, late] = ["1", "2", "3"].map((digit) =>
      registry.referrers.bind(registry, fake.widget, `sha256:${digit.repeat(64)}`),
    );
    let isHidden: Promise<unknown>;
    async function* afterHidden(): AsyncIterable<string> {
      await isHidden;
      yield '{"manifests":[]}';
    }
    fake.before = ({ path }) => {
      if (path.includes("referrers/sha256:1")) return { body: "no JSON" };
      if (path.includes("referrers/sha256:2")) return { status: 404 };
      return path.includes("referrers/sha256:3") ? { body: afterHidden() } : undefined;
    };
    await lost?.();
    isHidden = hidden!();
    await expect(Promise.all([isHidden, late!()])).resolves.toMatchObject([{}, { value: { from: "api" } }]);
    await expect(registry.referrers(fake.widget, `sha256:${HEX}`)).resolves.toMatchObject({ value: { from: "api" } });
  });

  test.each<[string, Reply, string]>([
    ["refused", { status: 403 }, "access-denied"],
    ["a web page", { headers: { "content-type": "text/html" }, body: "<html>" }, "answer-unreadable"],
    ["an image", { body: `{"layers":[],"config":${JSON.stringify(entry("1"))}}` }, "answer-unreadable"],
    ["no JSON", { body: "{" }, "manifest-invalid"],
    ["of another status", { status: 500 }, "registry-unavailable"],
  ])("are none that could be had where the answer is %s", async (_, reply, code) => {
    const server = await serve(() => reply);
    const found = await clientOf([server]).referrers({ registry: server.host, repository: "a" }, `sha256:${HEX}`);
    expect(found).toMatchObject({ ok: false, reason: { code } });
  });

  test("are none where the registry answers for the fallback tag with the image itself, or an image lies there", async () => {
    const fake = await startFake();
    fake.hasReferrers = false;
    const image = fake.addImage("amd64");
    const list = fake.addIndex([image]);
    fake.tag(fallbackTag(list.digest), list);
    fake.tag(fallbackTag(image.digest), fake.addImage("another"));
    for (const { digest } of [list, image]) {
      const found = await clientOf([fake]).referrers(fake.widget, digest);
      expect(found).toEqual({ ok: true, value: { from: "tag", items: [] } });
    }
  });

  test("of a repository that hides itself are not none", async () => {
    const server = await serve(() => ({ status: 404 }));
    const found = await clientOf([server]).referrers({ registry: server.host, repository: "a" }, `sha256:${HEX}`);
    expect(found).toMatchObject({ ok: false, reason: { code: "repository-unknown" } });
  });

  test("stand under a tag of at most 64 digits", () => {
    expect(fallbackTag(`sha256:${HEX}`)).toBe(`sha256-${HEX}`);
    expect(fallbackTag(`sha512:${HEX}${"c".repeat(64)}`)).toBe(`sha512-${HEX}`);
  });
});
