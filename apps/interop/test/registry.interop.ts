import { existsSync } from "node:fs";
import {
  buildAtt,
  buildChart,
  buildFallbackIndex,
  buildImage,
  buildReferrer,
  startOciRegistry,
  type OciRegistryOptions,
} from "@colophon/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandOf } from "../src/peers.ts";
import { REGISTRIES, type Ways } from "../src/registries/plans.ts";
import { startRegistry, type RunningRegistry } from "../src/registries/start.ts";
import { ask, digestOf, INDEX, MANIFEST, push, pushBlob, pushManifest } from "./registry-client.ts";

interface Subject {
  readonly name: string;
  readonly ways: Ways;
  readonly missing: boolean;
  start(): Promise<RunningRegistry>;
}

const embedded = (name: string, options: OciRegistryOptions, ways: Partial<Ways> = {}): Subject => ({
  name: `the embedded registry, ${name}`,
  ways: { referrers: "served", tags: "quoted", unknownTags: 404, deleteTag: 202, noTags: [], ...ways },
  missing: false,
  start: () => startOciRegistry(options),
});

const SUBJECTS: readonly Subject[] = [
  embedded("as it is", {}),
  embedded("like olareg", { referrers: 405, link: "unquoted" }, { referrers: 405, tags: "unquoted" }),
  embedded("like distribution", { referrers: 404 }, { referrers: 404 }),
  embedded("like crane", { referrers: 404, link: "none" }, { referrers: 404, tags: "no link" }),
  ...Object.entries(REGISTRIES).map(([name, plan]): Subject => {
    const missing = !existsSync(commandOf(plan.peer));
    return { name, ways: plan.ways, missing, start: () => startRegistry(plan) };
  }),
];

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PLATFORMS = ["linux/amd64", "linux/arm64/v8"];
const EMPTY = { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf("{}"), size: 2 };

describe.each(SUBJECTS)("$name", ({ ways, missing, ...subject }) => {
  const isSloppy = ways.sloppy === true;
  let registry: RunningRegistry;
  let url: string;
  beforeAll(async () => {
    if (missing) return;
    registry = await subject.start();
    ({ url } = registry);
  });
  afterAll(() => registry?.close());
  const check = test.skipIf(missing);
  const tagsOf = async (repository: string, query = "") => {
    const { status, headers, text } = await ask(url, `GET ${repository}/tags/list${query}`);
    return { status, link: headers.get("link"), tags: (JSON.parse(text) as { tags?: string[] | null }).tags };
  };
  const codeOf = (text: string) => (JSON.parse(text) as { errors: { code: string }[] }).errors[0]?.code;
  const addOne = async (repository: string, tag: string, text = tag) => {
    const image = buildImage(repository, [tag], { text });
    expect((await push(url, repository, image)).map(({ status }) => status)).toEqual([201]);
    return image;
  };

  check.each([
    ["an image", () => buildImage("acme/a", ["1.0.0", "latest"])],
    ["an index", () => buildImage("acme/a", ["2.0.0"], { platforms: PLATFORMS })],
    ["BuildKit's older index", () => buildImage("acme/a", ["3.0.0"], { attestations: "image-config" })],
    ["BuildKit's newer index", () => buildImage("acme/a", ["4.0.0"], { attestations: "oci-artifact" })],
    ["a chart", () => buildChart({ name: "a", version: "5.0.0+1", prov: "signed" })],
    ["legacy attestations", () => buildAtt(digestOf("x"), [{ envelope: "{}" }])],
    ["a fallback list", () => buildFallbackIndex(digestOf("x"), [])],
  ])("%s comes back as it was pushed", async (_, build) => {
    const content = build();
    for (const { status, headers } of await push(url, "acme/a", content)) {
      expect([status, headers.get("docker-content-digest")]).toEqual([201, expect.stringMatching(/^sha256:/)]);
    }
    for (const { bytes, mediaType, tags } of content.manifests) {
      const digest = digestOf(bytes);
      for (const reference of [digest, ...tags]) {
        const got = await ask(url, `GET acme/a/manifests/${reference}`);
        const head = await ask(url, `HEAD acme/a/manifests/${reference}`);
        expect([got.status, got.text, head.status, head.text]).toEqual([200, Buffer.from(bytes).toString(), 200, ""]);
        for (const { headers } of [got, head]) {
          expect(headers.get("content-type")).toBe(mediaType);
          expect(headers.get("docker-content-digest")).toBe(digest);
          expect(headers.get("content-length")).toBe(String(bytes.byteLength));
        }
      }
    }
    for (const blob of content.blobs) {
      expect(digestOf((await ask(url, `GET acme/a/blobs/${digestOf(blob)}`)).text)).toBe(
        digestOf(Buffer.from(blob).toString()),
      );
    }
  });

  check("a blob comes in chunks too, and not under another digest", async () => {
    const place = async () =>
      new URL((await ask(url, "POST acme/b/blobs/uploads/")).headers.get("location") ?? "", url);
    const chunk = { body: "alpha", headers: { "content-type": "application/octet-stream" } };
    const patched = await ask(url, `PATCH ${(await place()).href}`, chunk);
    expect([patched.status, patched.headers.get("range")]).toEqual([202, "0-4"]);
    const next = new URL(patched.headers.get("location") ?? "", url);
    next.searchParams.set("digest", digestOf("alpha"));
    const { status, headers } = await ask(url, `PUT ${next.href}`);
    expect([status, headers.get("docker-content-digest")]).toEqual([201, digestOf("alpha")]);
    expect((await ask(url, `GET acme/b/blobs/${digestOf("alpha")}`)).text).toBe("alpha");
    const wrong = await place();
    wrong.searchParams.set("digest", digestOf("beta"));
    expect((await ask(url, `PUT ${wrong.href}`, chunk)).status).toBe(400);
  });

  check.each<[string, string, string, string]>([
    [
      "another digest",
      digestOf("x"),
      JSON.stringify({ schemaVersion: 2, config: EMPTY, layers: [] }),
      "DIGEST_INVALID",
    ],
    ["no JSON", "1", "<html>", "MANIFEST_INVALID"],
    [
      "a config that is not there",
      "1",
      JSON.stringify({ schemaVersion: 2, config: { ...EMPTY, digest: digestOf("x") }, layers: [] }),
      "MANIFEST_BLOB_UNKNOWN",
    ],
  ])("a manifest with %s is refused", async (_, reference, body, code) => {
    await pushBlob(url, "acme/c", Buffer.from("{}"));
    const answer = await pushManifest(url, `acme/c/manifests/${reference}`, body);
    expect(answer.status).toBe(isSloppy ? 201 : 400);
    if (!isSloppy) expect(codeOf(answer.text)).toBe(code);
  });

  check("an index of what is not there is refused", async () => {
    const { bytes } = buildFallbackIndex(digestOf("x"), [{ mediaType: MANIFEST, digest: digestOf("x"), size: 1 }])
      .manifests[0]!;
    const answer = await pushManifest(url, "acme/c/manifests/2", bytes, { "content-type": INDEX });
    expect(answer.status).toBe(isSloppy ? 201 : 400);
  });

  check("tags come in order and in pages", async () => {
    const all = ["1.0.0", "1.10.0", "1.9.0", "B", "latest"];
    for (const tag of all.toReversed()) await addOne("acme/d", tag, "the same");
    const whole = await tagsOf("acme/d");
    expect([whole.status, whole.link, whole.tags?.toSorted()]).toEqual([200, null, all]);
    const { tags, link } = await tagsOf("acme/d", "?n=2");
    if (ways.tags === "ignored") return expect([tags?.toSorted(), link]).toEqual([all, null]);
    expect(tags).toEqual(all.slice(0, 2));
    expect((await tagsOf("acme/d", "?n=2&last=1.10.0")).tags).toEqual(all.slice(2, 4));
    if (ways.tags === "no link") return expect(link).toBeNull();
    const [, path, relation] = /^<([^>]+)>; rel=(.+)$/.exec(link ?? "") ?? [];
    expect(relation).toBe(ways.tags === "quoted" ? '"next"' : "next");
    const { searchParams, pathname } = new URL(path ?? "", url);
    expect([pathname, searchParams.get("last"), searchParams.get("n")]).toEqual([
      "/v2/acme/d/tags/list",
      "1.10.0",
      "2",
    ]);
    expect(await tagsOf("acme/d", "?n=2&last=B")).toMatchObject({ tags: ["latest"], link: null });
  });

  check("referrers are listed and filtered, or there is no API", async () => {
    const image = await addOne("acme/e", "1");
    const { bytes, mediaType } = image.manifests[0]!;
    const subject = { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
    const annotations = { "dev.sigstore.bundle.content": "dsse-envelope" };
    const bundle = buildReferrer(subject, { artifactType: BUNDLE, content: "{}\n", annotations });
    const other = buildReferrer(subject, { artifactType: "application/spdx+json", content: "{}\n" });
    const isServed = ways.referrers === "served";
    for (const content of [bundle, other]) {
      const [{ status, headers } = { status: 0, headers: new Headers() }] = await push(url, "acme/e", content);
      expect([status, headers.get("oci-subject")]).toEqual([201, isServed ? subject.digest : null]);
    }
    const path = `GET acme/e/referrers/${subject.digest}`;
    const { status, headers, text } = await ask(url, path);
    if (!isServed) return expect(status).toBe(ways.referrers);
    expect([status, headers.get("content-type"), headers.get("oci-filters-applied")]).toEqual([200, INDEX, null]);
    const { manifests } = JSON.parse(text) as { manifests: { digest: string }[] };
    expect(manifests.map(({ digest }) => digest).toSorted()).toEqual([bundle.digest, other.digest].toSorted());
    const size = bundle.manifests[0]!.bytes.byteLength;
    const entry = { mediaType: MANIFEST, digest: bundle.digest, size, artifactType: BUNDLE, annotations };
    const filtered = await ask(url, `${path}?artifactType=${encodeURIComponent(BUNDLE)}`);
    expect(filtered.headers.get("oci-filters-applied")).toBe("artifactType");
    expect(JSON.parse(filtered.text)).toEqual({ schemaVersion: 2, mediaType: INDEX, manifests: [entry] });
    const none = await ask(url, `GET acme/e/referrers/${digestOf("nothing")}`);
    expect([none.status, JSON.parse(none.text)]).toMatchObject([200, { manifests: [] }]);
    expect((await ask(url, `DELETE acme/e/manifests/${bundle.digest}`)).status).toBe(202);
    expect(JSON.parse((await ask(url, path)).text)).toMatchObject({ manifests: [{ digest: other.digest }] });
    return undefined;
  });

  check.each([
    ["GET acme/f/manifests/2", "MANIFEST_UNKNOWN"],
    [`GET acme/f/manifests/${digestOf("x")}`, "MANIFEST_UNKNOWN"],
    [`GET acme/f/blobs/${digestOf("x")}`, "BLOB_UNKNOWN"],
    [`DELETE acme/f/manifests/${digestOf("x")}`, "MANIFEST_UNKNOWN"],
  ])("%s is answered 404", async (asked, code) => {
    await addOne("acme/f", "1");
    const { status, text } = await ask(url, asked);
    expect([status, codeOf(text)]).toEqual([404, code]);
  });

  check("a repository that is not there has no manifests, and tags or not", async () => {
    expect((await ask(url, "GET acme/never/manifests/1")).status).toBe(404);
    expect((await ask(url, "GET acme/never/tags/list")).status).toBe(ways.unknownTags);
    expect((await ask(url, "GET Acme/Never/tags/list")).status).toBe(404);
  });

  check("what is deleted is gone, a tag alone, a manifest with its tags", async () => {
    const { digest } = await addOne("acme/g", "1", "one");
    await addOne("acme/g", "latest", "one");
    expect((await ask(url, "DELETE acme/g/manifests/latest")).status).toBe(ways.deleteTag);
    if (ways.deleteTag === 202) expect((await tagsOf("acme/g")).tags).toEqual(["1"]);
    expect((await ask(url, `DELETE acme/g/manifests/${digest}`)).status).toBe(202);
    expect((await ask(url, `GET acme/g/manifests/${digest}`)).status).toBe(404);
    expect((await tagsOf("acme/g")).tags).toEqual(isSloppy ? ["1"] : ways.noTags);
  });

  check("conditions of a push are not looked at", async () => {
    const { manifests } = await addOne("acme/h", "1");
    const answer = await pushManifest(url, "acme/h/manifests/1", manifests[0]!.bytes, { "if-match": '"other"' });
    expect(answer.status).toBe(201);
  });
});
