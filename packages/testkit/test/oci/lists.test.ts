import { describe, expect, test } from "vitest";
import type { EmbeddedOciRegistry, OciRegistryOptions } from "../../src/index.ts";
import { ask, EMPTY, INDEX, MANIFEST, pushBlob, pushManifest, start, digestOf } from "./client.ts";

const TAGS = ["1.0.0", "1.10.0", "1.9.0", "B", "latest"];

describe("tags", () => {
  async function startWithTags(options?: OciRegistryOptions): Promise<EmbeddedOciRegistry> {
    const registry = await start(options);
    registry.addImage("a", TAGS.toReversed());
    return registry;
  }

  test.each([
    ["", TAGS, false],
    ["?n=2", ["1.0.0", "1.10.0"], true],
    ["?n=2&last=1.10.0", ["1.9.0", "B"], true],
    ["?n=2&last=1.9", ["1.9.0", "B"], true],
    ["?n=1&last=B", ["latest"], false],
    ["?n=5", TAGS, false],
    ["?n=0", [], false],
    ["?n=x", TAGS, false],
    ["?last=zzz", [], false],
  ])("asked for with %j come in lexical order, and tell whether there are more", async (query, tags, hasMore) => {
    const { headers, json } = await ask(await startWithTags(), `GET a/tags/list${query}`);
    expect(json).toEqual({ name: "a", tags });
    expect("link" in headers).toBe(hasMore);
  });

  const PATH = "/v2/a/tags/list?n=2&last=1.10.0";
  test.each([
    ["relative", () => `<${PATH}>; rel="next"`],
    ["absolute", (url: string) => `<${url}${PATH}>; rel="next"`],
    ["unquoted", () => `<${PATH}>; rel=next`],
    ["no-brackets", () => `${PATH}; rel="next"`],
    ["none", () => undefined],
  ] as const)("link to their next page: %s", async (link, expected) => {
    const registry = await startWithTags({ link });
    expect((await ask(registry, "GET a/tags/list?n=2")).headers["link"]).toBe(expected(registry.url));
  });

  test("come in pages of the registry's own size, by relative links unless told otherwise", async () => {
    const registry = await startWithTags({ pageSize: 3 });
    const { headers, json } = await ask(registry, "GET a/tags/list?n=100");
    expect(json.tags).toEqual(TAGS.slice(0, 3));
    const next = /^<(.+)>; rel="next"$/u.exec(headers["link"] ?? "")?.[1];
    expect((await ask(registry, `GET ${next}`)).json.tags).toEqual(TAGS.slice(3));
  });

  test("of a repository that is not there are unknown", async () => {
    const answer = await ask(await start(), "GET a/tags/list");
    expect(answer).toMatchObject({ status: 404, json: { errors: [{ code: "NAME_UNKNOWN" }] } });
  });
});

describe("referrers", () => {
  const annotations = { "dev.sigstore.bundle.content": "dsse-envelope" };
  async function startWithReferrers(options?: OciRegistryOptions) {
    const registry = await start(options);
    const { digest } = registry.addImage("a", ["1"]);
    registry.addImage("a", ["2"]);
    const add = (artifactType: string, content: string) =>
      registry.addReferrer("a", digest, { artifactType, content, annotations });
    return { registry, digest, added: [add("a/b", "1"), add("a/b", "2"), add("c/d", "3")].toSorted() };
  }
  const digests = (manifests: { digest: string }[]) => manifests.map(({ digest }) => digest);

  test("are listed with artifact type and annotations, in an index", async () => {
    const { registry, digest, added } = await startWithReferrers();
    const { headers, json } = await ask(registry, `GET a/referrers/${digest}`);
    expect(headers).toMatchObject({ "content-type": INDEX });
    expect(headers).not.toHaveProperty("oci-filters-applied");
    expect(json).toMatchObject({ schemaVersion: 2, mediaType: INDEX });
    expect(digests(json.manifests)).toEqual(added);
    const pulled = await ask(registry, `GET a/manifests/${added[0]}`);
    const { artifactType } = pulled.json;
    expect(json.manifests[0]).toEqual({
      mediaType: MANIFEST,
      digest: added[0],
      size: pulled.text.length,
      artifactType,
      annotations,
    });
  });

  test("are filtered by artifact type, which the answer tells", async () => {
    const { registry, digest } = await startWithReferrers();
    const { headers, json } = await ask(registry, `GET a/referrers/${digest}?artifactType=c%2Fd`);
    expect(headers["oci-filters-applied"]).toBe("artifactType");
    expect(json.manifests).toMatchObject([{ artifactType: "c/d" }]);
  });

  test("come in pages, filtered too", async () => {
    const { registry, digest, added } = await startWithReferrers({ pageSize: 1 });
    const seen: string[] = [];
    let path: string | undefined = `/v2/a/referrers/${digest}?artifactType=a%2Fb`;
    while (path !== undefined) {
      const { headers, json } = await ask(registry, `GET ${path}`);
      seen.push(...digests(json.manifests));
      path = /^<(.+)>; rel="next"$/u.exec(headers["link"] ?? "")?.[1];
    }
    expect(seen).toHaveLength(2);
    expect(added).toEqual(expect.arrayContaining(seen));
  });

  test("of what nobody knows are none", async () => {
    const { json, status } = await ask(await start(), `GET a/referrers/${digestOf("x")}`);
    expect([status, json.manifests]).toEqual([200, []]);
  });

  test.each([404, 405] as const)("are no API where that is answered %i", async (status) => {
    const { registry, digest } = await startWithReferrers({ referrers: status });
    expect((await ask(registry, `GET a/referrers/${digest}`)).status).toBe(status);
  });

  test.each([
    ["served", true],
    [404, false],
  ] as const)("pushed where the API is %s are told to be taken up: %s", async (referrers, isTold) => {
    const registry = await start({ referrers });
    await pushBlob(registry, "a", "{}");
    const subject = { mediaType: MANIFEST, digest: digestOf("not there yet"), size: 13 };
    const config = { mediaType: EMPTY, digest: digestOf("{}"), size: 2 };
    const { status, headers } = await pushManifest(registry, "a/manifests/1", { config, subject });
    expect([status, headers["oci-subject"]]).toEqual([201, isTold ? subject.digest : undefined]);
    const listed = await ask(registry, `GET a/referrers/${subject.digest}`);
    if (isTold) expect(listed.json.manifests).toMatchObject([{ artifactType: EMPTY }]);
  });

  test("pushed without a subject are told nothing", async () => {
    const registry = await start();
    const answer = await pushManifest(registry, "a/manifests/1", { manifests: [] }, INDEX);
    expect(answer.status).toBe(201);
    expect(answer.headers).not.toHaveProperty("oci-subject");
  });
});
