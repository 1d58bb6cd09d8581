import { describe, expect, test } from "vitest";
import type { EmbeddedOciRegistry, OciAuth, OciRegistryOptions } from "../../src/index.ts";
import { ask, pushBlob, start } from "./client.ts";

const ACCOUNT = { username: "robot", password: "s3cret" };
const basic = (password = ACCOUNT.password) => `Basic ${Buffer.from(`robot:${password}`).toString("base64")}`;
const SERVICE = "registry.test";
const PULL = "repository:a:pull";

async function startWith(auth: OciAuth, more: OciRegistryOptions = {}): Promise<EmbeddedOciRegistry> {
  const registry = await start({ auth, ...more });
  registry.addImage("a", ["1"]);
  registry.addImage("b", ["1"]);
  return registry;
}

const as = (authorization: string | undefined) => ({ headers: authorization === undefined ? {} : { authorization } });
const statusOf = async (registry: EmbeddedOciRegistry, asked: string, authorization?: string) =>
  (await ask(registry, asked, as(authorization))).status;

describe("basic authentication", () => {
  const auth = { kind: "basic", ...ACCOUNT } as const;

  test.each([
    ["GET /v2/", false, undefined, 401],
    ["GET /v2/", false, basic(), 200],
    ["GET a/tags/list", false, undefined, 401],
    ["GET a/tags/list", false, basic("wrong"), 401],
    ["GET a/tags/list", false, basic(), 200],
    ["DELETE a/manifests/1", false, basic(), 202],
    ["GET /v2/", true, undefined, 401],
    ["GET a/tags/list", true, undefined, 200],
    ["GET a/tags/list", true, basic("wrong"), 401],
    ["POST a/blobs/uploads/", true, undefined, 401],
    ["DELETE a/manifests/1", true, undefined, 401],
  ] as const)("%s (anonymous pull: %s) with %s is answered %i", async (asked, anonymousPull, sent, status) => {
    const answer = await ask(await startWith({ ...auth, anonymousPull }), asked, as(sent));
    expect(answer.status).toBe(status);
    expect(answer.headers["www-authenticate"]).toBe(status === 401 ? 'Basic realm="registry"' : undefined);
  });
});

describe("tokens", () => {
  const auth = { kind: "bearer", ...ACCOUNT } as const;
  type Query = Readonly<Record<string, string>>;

  const getToken = async ({ tokenUrl }: EmbeddedOciRegistry, query: Query, authorization?: string) => {
    const asked = new URLSearchParams({ service: SERVICE, ...query });
    return await ask({ url: tokenUrl }, `GET ${tokenUrl}?${asked.toString()}`, as(authorization));
  };
  const postToken = async ({ tokenUrl }: EmbeddedOciRegistry, form: Query) =>
    await ask({ url: tokenUrl }, `POST ${tokenUrl}`, { body: new URLSearchParams({ service: SERVICE, ...form }) });

  test.each([
    ["GET /v2/", ""],
    ["GET a/tags/list", ',scope="repository:a:pull"'],
    ["POST a/blobs/uploads/", ',scope="repository:a:pull,push"'],
    ["DELETE a/manifests/1", ',scope="repository:a:delete"'],
  ])("are asked for on %s", async (asked, scope) => {
    const registry = await startWith(auth);
    const { status, headers } = await ask(registry, asked, as(basic()));
    expect(registry.tokenUrl).toBe(`${registry.url}/token`);
    expect([status, headers["www-authenticate"]]).toEqual([
      401,
      `Bearer realm="${registry.tokenUrl}",service="${SERVICE}"${scope}`,
    ]);
  });

  test("allow the actions on the repositories that they were asked for, and no others", async () => {
    const registry = await startWith(auth);
    const { json } = await getToken(registry, { scope: `${PULL} repository:b:pull,push` }, basic());
    expect(json).toMatchObject({ access_token: json.token, expires_in: 300 });
    expect(json).not.toHaveProperty("refresh_token");
    const token = `Bearer ${json.token}`;
    expect(await statusOf(registry, "GET /v2/", token)).toBe(200);
    expect(await statusOf(registry, "GET a/tags/list", token)).toBe(200);
    expect(await statusOf(registry, "POST b/blobs/uploads/", token)).toBe(202);
    expect(await statusOf(registry, "POST a/blobs/uploads/", token)).toBe(401);
    expect(await statusOf(registry, "DELETE b/manifests/1", token)).toBe(401);
    expect(await statusOf(registry, "GET c/tags/list", token)).toBe(401);
    expect(await statusOf(registry, "GET a/tags/list", "Bearer other")).toBe(401);
  });

  test("without an account allow to pull where everybody may", async () => {
    const registry = await startWith({ ...auth, anonymousPull: true });
    const { json } = await getToken(registry, { scope: "repository:a:pull,push" });
    expect(await statusOf(registry, "GET a/tags/list", `Bearer ${json.token}`)).toBe(200);
    expect(await statusOf(registry, "POST a/blobs/uploads/", `Bearer ${json.token}`)).toBe(401);
    expect(await statusOf(registry, "GET a/tags/list")).toBe(401);
  });

  test.each<[string, boolean, string | undefined, Query, number]>([
    ["nobody", false, undefined, {}, 401],
    ["a wrong password", true, basic("wrong"), {}, 401],
    ["another service", true, basic(), { service: "other" }, 400],
  ])("are refused to %s", async (_, anonymousPull, authorization, query, status) => {
    const registry = await startWith({ ...auth, anonymousPull });
    expect((await getToken(registry, { scope: PULL, ...query }, authorization)).status).toBe(status);
  });

  test("are given by the form of OAuth 2, for a password and for what refreshes", async () => {
    const registry = await startWith({ ...auth, identityToken: "1dentity" });
    const password = { grant_type: "password", ...ACCOUNT };
    const first = await postToken(registry, { ...password, scope: PULL, access_type: "offline" });
    const { refresh_token: refreshed } = (await getToken(registry, { offline_token: "true" }, basic())).json;
    for (const refresh_token of [first.json.refresh_token, refreshed, "1dentity"]) {
      const { json } = await postToken(registry, { grant_type: "refresh_token", refresh_token, scope: PULL });
      expect(await statusOf(registry, "GET a/tags/list", `Bearer ${json.access_token}`)).toBe(200);
    }
    for (const wrong of [{ username: "other" }, { password: "other" }])
      expect((await postToken(registry, { ...password, ...wrong })).status).toBe(401);
    expect((await postToken(registry, { grant_type: "refresh_token", refresh_token: "wrong" })).status).toBe(401);
    expect((await ask(registry, `PUT ${registry.tokenUrl}`)).status).toBe(405);
  });

  test("expire at once when told to, what refreshes does not", async () => {
    const registry = await startWith({ ...auth, identityToken: "1dentity" });
    const { json } = await getToken(registry, { scope: PULL }, basic());
    registry.expireTokens();
    expect(await statusOf(registry, "GET a/tags/list", `Bearer ${json.token}`)).toBe(401);
    const again = await postToken(registry, { grant_type: "refresh_token", refresh_token: "1dentity", scope: PULL });
    expect(await statusOf(registry, "GET a/tags/list", `Bearer ${again.json.access_token}`)).toBe(200);
  });

  test("are given at another address where the registry's token server is apart, recorded and scripted alike", async () => {
    const registry = await startWith({ ...auth, tokenServer: "apart" });
    const { host } = new URL(registry.tokenUrl);
    expect(host).not.toBe(registry.host);
    const { json } = await getToken(registry, { scope: PULL }, basic());
    expect(await statusOf(registry, "GET a/tags/list", `Bearer ${json.token}`)).toBe(200);
    expect(registry.requests).toMatchObject([
      { headers: { host, authorization: basic() } },
      { headers: { host: registry.host, authorization: `Bearer ${json.token}` } },
    ]);
    expect(await statusOf(registry, "GET /token")).toBe(404);
    registry.respond("/token", 403);
    expect((await getToken(registry, { scope: PULL }, basic())).status).toBe(403);
    await registry.close();
    await expect(fetch(registry.tokenUrl)).rejects.toThrow("fetch failed");
  });
});

describe("denied repositories", () => {
  test.each([
    [401, "UNAUTHORIZED"],
    [403, "DENIED"],
    [404, "NAME_UNKNOWN"],
  ] as const)("are answered %i to everybody", async (status, code) => {
    const registry = await startWith({ kind: "basic", ...ACCOUNT }, { denied: { a: status } });
    const answer = await ask(registry, "GET a/manifests/1", as(basic()));
    expect(answer).toMatchObject({ status, json: { errors: [{ code }] } });
    expect("www-authenticate" in answer.headers).toBe(status === 401);
    expect(await statusOf(registry, "GET b/manifests/1", basic())).toBe(200);
    expect(await statusOf(registry, "GET a/manifests/1")).toBe(401);
  });

  test("are denied to writers too, and where nobody is asked for anything", async () => {
    const registry = await start({ denied: { a: 403 } });
    expect((await pushBlob(registry, "a", "{}")).status).toBe(403);
    expect((await pushBlob(registry, "b", "{}")).status).toBe(201);
  });
});
