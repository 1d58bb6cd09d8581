import { createHash } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { startGitHub, type EmbeddedGitHub, type GitHubOptions } from "../../src/index.ts";

async function start(options: Partial<GitHubOptions> = {}): Promise<EmbeddedGitHub> {
  const github = await startGitHub({ repository: "acme/widget", ...options });
  onTestFinished(() => github.close());
  return github;
}

async function ask(github: EmbeddedGitHub, asked: string, body?: unknown, headers: Record<string, string> = {}) {
  const [method = "", path = ""] = asked.split(" ");
  const address = path.startsWith("http") ? path : `${github.url}${path.replace(":repo", "/repos/acme/widget")}`;
  const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(address, { method, headers, body: sent ?? null });
  const text = await response.text();
  // oxlint-disable-next-line typescript/no-explicit-any -- what stands in an answer is for the assertions to say
  const json: any = /json/u.test(response.headers.get("content-type") ?? "") ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}

const release = { tag_name: "v1.0.0", name: "v1.0.0", body: "notes", target_commitish: "main", draft: true };

/** Makes a draft and uploads files to it, as release tools do. */
async function draft(github: EmbeddedGitHub, files: Readonly<Record<string, string>> = {}) {
  const { json } = await ask(github, "POST :repo/releases", release);
  const uploads = [];
  for (const [name, content] of Object.entries(files)) {
    const address = json.upload_url.replace("{?name,label}", `?name=${encodeURIComponent(name)}&label=a+label`);
    uploads.push(await ask(github, `POST ${address}`, content, { "content-type": "text/x-acme" }));
  }
  return { id: json.id as number, uploads };
}

test("the repository's facts are told, whatever the case of its name, and of no other repository", async () => {
  const github = await start();
  const facts = {
    full_name: "acme/widget",
    clone_url: "https://github.com/acme/widget.git",
    permissions: { push: true },
  };
  for (const path of [":repo", "/repos/Acme/Widget"])
    expect((await ask(github, `GET ${path}`)).json).toMatchObject(facts);
  for (const path of ["/repos/acme/other", ":repo/other", "/"]) {
    expect(await ask(github, `GET ${path}`)).toMatchObject({ status: 404, json: { message: "Not Found" } });
  }
});

describe("a release", () => {
  test("is made as a draft, filled and published", async () => {
    const github = await start();
    const { id, uploads } = await draft(github, { "a.tgz": "alpha\n" });
    const digest = `sha256:${createHash("sha256").update("alpha\n").digest("hex")}`;
    const asset = { name: "a.tgz", label: "a label", content_type: "text/x-acme", state: "uploaded", size: 6, digest };
    expect(uploads).toMatchObject([{ status: 201, json: asset }]);
    expect((await ask(github, "GET :repo/releases/tags/v1.0.0")).status).toBe(404);
    const { json } = await ask(github, `PATCH :repo/releases/${id}`, { draft: false, make_latest: "true" });
    expect(json).toMatchObject({ ...release, draft: false, immutable: false, assets: [asset] });
    for (const path of ["tags/v1.0.0", `${id}`, "latest"]) {
      expect((await ask(github, `GET :repo/releases/${path}`)).json).toEqual(json);
    }
    expect((await ask(github, `GET :repo/releases/${id}/assets`)).json).toEqual(json.assets);
    expect(github.releases).toMatchObject([
      { tag: "v1.0.0", draft: false, target: "main", assets: [{ name: "a.tgz" }] },
    ]);
    expect(Buffer.from(github.releases[0]?.assets[0]?.content ?? []).toString()).toBe("alpha\n");
  });

  test("is had by a tag that has to be encoded", async () => {
    const github = await start();
    await ask(github, "POST :repo/releases", { tag_name: "@acme/widget@1.0.0" });
    expect((await ask(github, "GET :repo/releases/tags/%40acme%2Fwidget%401.0.0")).status).toBe(200);
  });

  test("is the only published one of its tag, and has to have a tag", async () => {
    const github = await start();
    const [first, second] = [await draft(github), await draft(github)];
    const publish = (id: number) => ask(github, `PATCH :repo/releases/${id}`, { draft: false });
    expect((await publish(first.id)).status).toBe(200);
    expect(await publish(second.id)).toMatchObject({ status: 422, json: { errors: [{ code: "already_exists" }] } });
    expect((await ask(github, "POST :repo/releases", { tag_name: "v1.0.0" })).status).toBe(422);
    expect((await ask(github, "POST :repo/releases", release)).status).toBe(201);
    expect((await ask(github, "POST :repo/releases", {})).json.errors).toMatchObject([{ code: "missing_field" }]);
  });

  test("keeps what a change leaves out, and is gone when it is deleted", async () => {
    const github = await start();
    const { id } = await draft(github);
    expect((await ask(github, `PATCH :repo/releases/${id}`, { body: "more" })).json).toMatchObject({
      ...release,
      body: "more",
    });
    expect((await ask(github, `DELETE :repo/releases/${id}`)).status).toBe(204);
    expect(github.releases).toEqual([]);
  });

  test("that is a prerelease is not the latest", async () => {
    const github = await start();
    await ask(github, "POST :repo/releases", { tag_name: "v1.0.0" });
    await ask(github, "POST :repo/releases", { tag_name: "v2.0.0-rc.1", prerelease: true });
    expect((await ask(github, "GET :repo/releases/latest")).json.tag_name).toBe("v1.0.0");
  });

  test("is listed page by page, the newest first", async () => {
    const github = await start();
    for (const tag_name of ["v1", "v2", "v3"]) await ask(github, "POST :repo/releases", { tag_name });
    const first = await ask(github, "GET :repo/releases?per_page=2");
    expect(first.json.map((one: { tag_name: string }) => one.tag_name)).toEqual(["v3", "v2"]);
    const next = /^<(?<url>.+)>; rel="next"$/u.exec(first.headers.get("link") ?? "")?.groups?.["url"];
    const last = await ask(github, `GET ${next}`);
    expect(last.json.map((one: { tag_name: string }) => one.tag_name)).toEqual(["v1"]);
    expect(last.headers.get("link")).toBeNull();
  });
});

describe("assets", () => {
  test.each([
    ["Acme Widget Setup.exe", "Acme.Widget.Setup.exe"],
    ["widget~rc1.tar.gz", "widget.rc1.tar.gz"],
    ["app-(15-5)-release.apk", "app-.15-5.-release.apk"],
    ["wid+get_1.0@x86.txt", "wid+get_1.0@x86.txt"],
    ["fake.      file.txt", "fake.file.txt"],
    ["Münze.zip", "Munze.zip"],
    [".env", "default.env"],
    ["widget.", "widget"],
  ])("named %s are stored as %s", async (name, stored) => {
    const github = await start();
    const { uploads } = await draft(github, { [name]: "x" });
    expect(uploads[0]?.json.name).toBe(stored);
  });

  test("that end up under one name are refused", async () => {
    const { uploads } = await draft(await start(), { "Acme Widget.exe": "a", "Acme.Widget.exe": "b" });
    const errors = [{ resource: "ReleaseAsset", code: "already_exists", field: "name" }];
    expect(uploads[1]).toMatchObject({ status: 422, json: { message: "Validation Failed", errors } });
  });

  test("are downloaded by the API and, once published, by their own address", async () => {
    const github = await start();
    const { id, uploads } = await draft(github, { "a b.txt": "alpha\n" });
    const asset = uploads[0]?.json;
    const { url, browser_download_url } = asset;
    expect((await ask(github, `GET ${url}`)).json).toEqual(asset);
    const bytes = await ask(github, `GET ${url}`, undefined, { accept: "application/octet-stream" });
    expect(bytes).toMatchObject({ status: 200, text: "alpha\n" });
    expect((await ask(github, `GET ${browser_download_url}`)).status).toBe(404);
    await ask(github, `PATCH :repo/releases/${id}`, { draft: false });
    expect((await ask(github, `GET ${browser_download_url}`)).text).toBe("alpha\n");
    expect((await ask(github, `DELETE ${url}`)).status).toBe(204);
    expect((await ask(github, `DELETE ${url}`)).status).toBe(404);
    expect(github.releases[0]?.assets).toEqual([]);
  });

  test("of an immutable release cannot change once it is published, its notes can", async () => {
    const github = await start({ immutableReleases: true });
    const { id, uploads } = await draft(github, { "a.txt": "alpha\n" });
    const { json } = await ask(github, `PATCH :repo/releases/${id}`, { draft: false });
    expect(json.immutable).toBe(true);
    const upload = await ask(github, `POST ${json.upload_url.replace("{?name,label}", "?name=b.txt")}`, "x");
    expect(upload).toMatchObject({ status: 422, json: { message: "Cannot upload assets to an immutable release." } });
    expect((await ask(github, `DELETE ${uploads[0]?.json.url}`)).status).toBe(422);
    for (const change of [{ tag_name: "v2" }, { draft: true }]) {
      expect((await ask(github, `PATCH :repo/releases/${id}`, change)).status).toBe(422);
    }
    expect((await ask(github, `PATCH :repo/releases/${id}`, { body: "more" })).json.body).toBe("more");
    expect(github.releases[0]?.assets).toHaveLength(1);
  });
});

test("a token is asked for to write and to see drafts; a wrong one is refused everywhere", async () => {
  const github = await start({ token: "t0ken" });
  const write = (authorization?: string) =>
    ask(github, "POST :repo/releases", release, authorization === undefined ? {} : { authorization });
  expect((await write()).status).toBe(401);
  expect(await write("token other")).toMatchObject({ status: 401, json: { message: "Bad credentials" } });
  expect((await ask(github, "GET :repo", undefined, { authorization: "Bearer other" })).status).toBe(401);
  const { status, json } = await write("token t0ken");
  expect(status).toBe(201);
  const member = { authorization: "token t0ken" };
  const upload = await ask(github, `POST ${json.upload_url.replace("{?name,label}", "?name=a")}`, "x", member);
  expect((await ask(github, `GET ${upload.json.url}`, undefined, member)).status).toBe(200);
  expect((await ask(github, `GET ${upload.json.url}`)).status).toBe(404);
  const list = async (headers: Record<string, string>) =>
    (await ask(github, "GET :repo/releases", undefined, headers)).json;
  expect(await list({ authorization: "Bearer t0ken" })).toHaveLength(1);
  expect(await list({})).toEqual([]);
});

test("the queries after a release find neither pull requests nor issues", async () => {
  const github = await start();
  const query = async (text: string) => (await ask(github, "POST /graphql", { query: text })).json;
  const oid = "a".repeat(40);
  const { data } = await query(
    `{ repository { commitaaaaaaaaaaaa: object(oid: "${oid}") { oid } issues(first: 1) { nodes } } }`,
  );
  const nothing = { nodes: [], pageInfo: { hasNextPage: false } };
  expect(data.repository).toMatchObject({
    commitaaaaaaaaaaaa: { oid, associatedPullRequests: nothing },
    issues: nothing,
  });
  const missing = await query("{ repository { issue7: issueOrPullRequest(number: 7) { number } } }");
  expect(missing.errors).toMatchObject([{ type: "NOT_FOUND", message: expect.stringContaining("number of 7") }]);
  expect((await ask(github, "GET /search/issues?q=x")).json.items).toEqual([]);
});

test("requests are recorded, and answers scripted", async () => {
  const github = await start();
  github.respond(({ method }) => method === "POST", ["reset-after", 500, "serve"]);
  await expect(ask(github, "POST :repo/releases", release)).rejects.toThrow();
  expect((await ask(github, "POST :repo/releases", release)).status).toBe(500);
  expect(github.releases).toHaveLength(1);
  expect(github.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(
    Array(2).fill("POST /repos/acme/widget/releases"),
  );
});
