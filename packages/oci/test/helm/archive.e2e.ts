import type { Answer, ReleaseObject } from "@colophon/core";
import { createHttp, type Http, type HttpOptions } from "@colophon/http";
import { startHelmRepository, type EmbeddedHelmRepository } from "@colophon/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { toChartObject } from "../../src/helm/chart-object.ts";
import { projectEntry } from "../../src/helm/entry.ts";
import { hashArchive } from "../../src/helm/hash-archive.ts";
import { createSidecarStore } from "../../src/helm/sidecar-store.ts";
import { collect } from "../collect.ts";

const ALPHA = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const BETA = "f2c82decdd7181cf98945929a62598db7e6b477e11f6e0eb0ae97020eff151ad";
const FILE = "widget-1.4.0.tgz";

interface World extends EmbeddedHelmRepository {
  readonly http: Http;
  readonly object: (entry?: object, query?: string) => ReleaseObject;
}

async function start(options: Partial<HttpOptions> = {}): Promise<World> {
  const repository = await startHelmRepository();
  const http = createHttp({
    userAgent: "colophon-test",
    trustedHosts: [repository.host],
    sleep: async () => {},
    ...options,
  });
  onTestFinished(async () => void (await Promise.all([repository.close(), http.close()])));
  repository.put(FILE, "beta\n");
  const object = (change: object = {}, query = ""): ReleaseObject => {
    const entry = projectEntry({ version: "1.4.0", urls: [FILE], digest: BETA, ...change });
    if (typeof entry === "string") throw new Error(entry);
    return toChartObject({ url: `${repository.url}/`, query }, { chart: "widget", entry, isLatest: true });
  };
  return { ...repository, http, object };
}

describe("the bytes of an archive", () => {
  test.each<[string, object, readonly string[]]>([
    ["as the index says", {}, []],
    ["with prefix and capitals", { digest: `sha256:${BETA.toUpperCase()}` }, []],
    ["other than the index says", { digest: ALPHA }, ["index-digest-differs"]],
    ["of which the index says nothing", { digest: undefined }, []],
  ])("rank above the index: %s", async (_, entry, warnings) => {
    const { http, object } = await start();
    const read = await hashArchive(http, object(entry));
    if ("reason" in read) throw new Error(read.reason.message);
    expect(read.digest).toMatchObject({ sha256: BETA, sha512: expect.stringMatching(/^[0-9a-f]{128}$/) as string });
    expect(read.warnings.map(({ code }) => code)).toEqual(warnings);
    for (const { message } of read.warnings) expect(message).toMatch(new RegExp(`${ALPHA}.*${BETA}`));
  });

  test.each<[string, object, Parameters<World["respond"]>[1], string]>([
    ["that are not there", {}, 404, "blob-missing"],
    ["that are private", {}, 403, "access-denied"],
    ["of a server that is not well", {}, 500, "registry-unavailable"],
    ["that break off", {}, { headers: { "content-length": "9" }, body: "beta\n" }, "registry-unavailable"],
    ["that are too many", {}, { headers: { "content-length": "999999999" } }, "too-large"],
    ["elsewhere, in the clear", { urls: ["http://127.0.0.1:1/x.tgz"] }, 200, "registry-unavailable"],
    ["in a private network", { urls: ["https://10.0.0.1/x.tgz"] }, 200, "registry-unavailable"],
    ["behind user info", { urls: ["https://robot:secret@charts.example/x.tgz"] }, 200, "registry-unavailable"],
    ["of another scheme", { urls: ["s3://bucket/x.tgz"] }, 200, "answer-unreadable"],
  ])("%s have no digest", async (_, entry, script, code) => {
    const { http, object, respond } = await start({ sleep: async () => {} });
    respond(/\.tgz$/, script);
    const read = await hashArchive(http, object(entry));
    expect(read).toMatchObject({ reason: { code } });
    expect(JSON.stringify(read)).not.toContain("secret");
  });
});

describe("what lies beside an archive", () => {
  const find = async ({ http }: World, object: ReleaseObject): Promise<Answer> => {
    const [answer, ...more] = await collect(createSidecarStore({ http }).find([object]));
    if (answer === undefined || more.length > 0) throw new Error("not one answer");
    return answer;
  };

  test("is found in both forms, filed under it, each line by itself", async () => {
    const world = await start();
    world.put(`${FILE}.sigstore.json`, '{\n"a": 1 }\n');
    world.put(`${FILE}.intoto.jsonl`, '{"b":1}\n\n{"c":1}\n');
    world.put(`${FILE}.prov`, "signed");
    const answer = await find(world, world.object({}, "?sig=secret"));
    const found = answer.status === "answered" ? answer.found : [];
    expect(found.map(({ bytes, location }) => [Buffer.from(bytes).toString(), location])).toEqual([
      ['{\n"a": 1 }\n', `${world.url}/${FILE}.sigstore.json`],
      ['{"b":1}', `${world.url}/${FILE}.intoto.jsonl`],
      ['{"c":1}', `${world.url}/${FILE}.intoto.jsonl`],
    ]);
    expect(found[0]).toMatchObject({
      store: "folder",
      filed: "object",
      digest: expect.stringMatching(/^sha256:/) as string,
    });
    expect(world.requests.map(({ path }) => path)).toEqual([
      `/stable/${FILE}.sigstore.json?sig=secret`,
      `/stable/${FILE}.intoto.jsonl?sig=secret`,
    ]);
  });

  test.each<[string, Parameters<World["respond"]>[1], readonly string[]]>([
    ["a PGP signature", { body: "" }, ["pgp-signature"]],
    ["a page for people", { headers: { "content-type": "text/html" } }, []],
    ["nothing", 404, []],
    ["something nobody may see", 403, []],
  ])("in the place of a PGP signature is %s, which proves nothing", async (_, script, codes) => {
    const world = await start();
    world.respond(/\.prov$/, script);
    const answer = await find(world, world.object());
    expect(answer).toMatchObject({ status: "answered", found: [] });
    expect(answer.status === "answered" && answer.warnings?.map(({ code }) => code)).toEqual(codes);
  });

  test.each<[string, Parameters<World["respond"]>[1], string]>([
    ["that nobody may see", 403, "access-denied"],
    ["of a server that is not well", 503, "registry-unavailable"],
    ["that is a page for people", { body: " <!doctype html>" }, "answer-unreadable"],
    ["of many lines", { body: "{}\n".repeat(101) }, "too-large"],
    ["of many bytes", { headers: { "content-length": "99999999" } }, "too-large"],
    ["that is elsewhere", { status: 302, headers: { location: "https://10.0.0.1/" } }, "registry-unavailable"],
  ])("and cannot be read leaves it open: %s", async (_, script, code) => {
    const world = await start();
    world.respond(/\.intoto\.jsonl$/, script);
    expect(await find(world, world.object())).toMatchObject({ status: "unavailable", reason: { code } });
  });

  test("is asked for once for each archive of a batch, in its order, and of nothing else", async () => {
    const world = await start();
    const untold = world.object({ digest: undefined });
    const { helm: _, ...image } = world.object();
    const none = world.object({ urls: ["s3://bucket/x.tgz"] });
    const many = Array.from({ length: 20 }, (_, index) => world.object({ version: `1.${index}.0` }));
    const answers = await collect(createSidecarStore({ http: world.http }).find([untold, image, none, ...many]));
    expect(answers.slice(0, 3)).toMatchObject([
      { status: "unavailable", reason: { code: "digest-not-told" } },
      { status: "not-applicable" },
      { status: "unavailable", reason: { code: "entry-unreadable" } },
    ]);
    expect(answers.slice(3).map(({ object, status }) => [object, status])).toEqual(
      many.map(({ id }) => [id, "answered"]),
    );
    expect(world.requests).toHaveLength(60);
  });
});
