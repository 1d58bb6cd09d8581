import { expect, test } from "vitest";
import type { HelperAnswer } from "../../src/credentials/helper.ts";
import type { Login } from "../../src/credentials/login.ts";
import { clientOf, serve, startFake, type FakeRegistry, type Loopback, type Reply, type Sent } from "./loopback.ts";

const SECRET = "canary-of-a-secret";
const BASIC: Login = { kind: "basic", username: "user", password: SECRET };
const AS_BASIC = `Basic ${Buffer.from(`user:${SECRET}`).toString("base64")}`;
const credentials = (answer: HelperAnswer): object => ({ credentials: { find: async () => answer } });

interface Guarded extends FakeRegistry {
  readonly tokens: Sent[];
  /** What the registry takes. */
  authorization: string;
  /** What the token service answers. */
  token: (sent: Sent) => Reply;
}

/** A registry that wants `Bearer t1`, which its token service at `/token`, or another one, gives. */
async function startGuarded(realm?: string): Promise<Guarded> {
  const fake = await startFake();
  const tokens: Sent[] = [];
  const guarded: Guarded = Object.assign(fake, {
    tokens,
    authorization: "Bearer t1",
    token: (): Reply => ({ body: '{"token":"t1"}' }),
  });
  const challenge = `bearer realm="${realm ?? `${fake.origin}/token?a=b`}",service="reg",scope="repository:other:*"`;
  fake.before = (sent) => {
    if (sent.path.startsWith("/token")) {
      tokens.push(sent);
      return guarded.token(sent);
    }
    const isIn = sent.headers.authorization === guarded.authorization;
    return isIn ? undefined : { status: 401, headers: { "www-authenticate": challenge } };
  };
  fake.addImage("image", "1");
  return guarded;
}

/** What one look at an image ends in, which never holds a secret. */
async function look(servers: readonly Loopback[], fake: FakeRegistry, answer: HelperAnswer = {}): Promise<unknown> {
  const result = await clientOf(servers, credentials(answer)).manifest(fake.widget, "1");
  expect(JSON.stringify(result)).not.toContain(SECRET);
  return result.ok ? "read" : result.reason;
}

test("an anonymous token is got for just the repository, once for all that is asked of it", async () => {
  const fake = await startGuarded();
  const registry = clientOf([fake]);
  const image = fake.addImage("other", "2");
  const answers = [
    registry.manifest(fake.widget, "1"),
    registry.manifest(fake.widget, image.digest),
    registry.tags(fake.widget),
  ];
  expect((await Promise.all(answers)).map(({ ok }) => ok)).toEqual([true, true, true]);
  await registry.resolve({ ...fake.widget, tag: "1" });
  expect(fake.tokens.map(({ path }) => path)).toEqual([
    "/token?a=b&service=reg&scope=repository%3Aacme%2Fwidget%3Apull",
  ]);
  expect(fake.tokens[0]?.headers.authorization).toBeUndefined();
  await registry.tags(fake.repository("acme/other"));
  expect(fake.tokens[1]?.path).toContain("acme%2Fother");
});

test("a login goes to the registry's own token service", async () => {
  const fake = await startGuarded();
  await expect(look([fake], fake, { login: BASIC })).resolves.toBe("read");
  expect(fake.tokens[0]?.headers.authorization).toBe(AS_BASIC);
  expect(fake.seen.filter(({ headers }) => headers.authorization === AS_BASIC)).toHaveLength(1);
});

test("an identity token is posted, and stands in no URL", async () => {
  const fake = await startGuarded();
  fake.token = () => ({ body: '{"access_token":"t1"}' });
  await expect(look([fake], fake, { login: { kind: "identity", token: SECRET } })).resolves.toBe("read");
  expect(fake.tokens).toMatchObject([{ method: "POST", path: "/token?a=b" }]);
  expect(Object.fromEntries(new URLSearchParams(fake.tokens[0]?.body.toString()))).toEqual({
    grant_type: "refresh_token",
    client_id: "colophon",
    service: "reg",
    scope: "repository:acme/widget:pull",
    refresh_token: SECRET,
  });
});

test("a registry's own token is sent as it is", async () => {
  const fake = await startGuarded();
  fake.authorization = `Bearer ${SECRET}`;
  await expect(look([fake], fake, { login: { kind: "bearer", token: SECRET } })).resolves.toBe("read");
  expect(fake.tokens).toEqual([]);
});

test("a registry that wants a basic login gets it after it asked, and none where there is none", async () => {
  const fake = await startFake();
  fake.addImage("image", "1");
  const wants = { status: 401, headers: { "www-authenticate": 'BASIC realm="x"' } };
  fake.before = ({ headers }) => (headers.authorization === AS_BASIC ? undefined : wants);
  await expect(look([fake], fake, { login: BASIC })).resolves.toBe("read");
  expect(fake.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, AS_BASIC]);
  const hint = expect.stringContaining(`docker login ${fake.host}`) as string;
  await expect(look([fake], fake)).resolves.toMatchObject({ code: "access-denied", hint });
});

test("a token service on another host gets no credentials, and the refusal says so", async () => {
  const elsewhere = await serve(() => ({ body: '{"token":"t1"}' }));
  const host = elsewhere.host.replace("127.0.0.1", "localhost");
  const fake = await startGuarded(`http://${host}/token`);
  const servers = [fake, elsewhere, { ...elsewhere, host }];
  await expect(look(servers, fake, { login: BASIC })).resolves.toBe("read");
  fake.authorization = "Bearer another";
  await expect(look(servers, fake, { login: { kind: "identity", token: SECRET } })).resolves.toMatchObject({
    code: "access-denied",
  });
  expect(elsewhere.seen.map(({ method, headers }) => [method, headers.authorization])).toEqual(
    Array(2).fill(["GET", undefined]),
  );
  const denying = await serve(() => ({ status: 403 }));
  const denyingHost = denying.host.replace("127.0.0.1", "localhost");
  const guarded = await startGuarded(`http://${denyingHost}/token`);
  const hint = expect.stringMatching(new RegExp(`${denyingHost}.*no credentials`)) as string;
  const reason = await look([guarded, { ...denying, host: denyingHost }], guarded, { login: BASIC });
  expect(reason).toMatchObject({ code: "access-denied", hint });
});

test("a registry that refuses whatever it is sent is asked twice, not for ever", async () => {
  const fake = await startGuarded();
  fake.authorization = "Bearer never given";
  const message = expect.stringContaining("private, or does not exist") as string;
  await expect(look([fake], fake)).resolves.toMatchObject({ code: "access-denied", message });
  expect(fake.seen).toHaveLength(3);
});

test("a token that was refused is not asked for again, and what needs none is still read", async () => {
  const fake = await startGuarded();
  fake.token = () => ({ status: 403, body: '{"errors":[{"code":"DENIED"}]}' });
  const registry = clientOf([fake]);
  for (const _ of [1, 2]) {
    const denied = await registry.manifest(fake.widget, "1");
    expect(denied).toMatchObject({ ok: false, reason: { code: "access-denied" } });
  }
  expect(fake.tokens).toHaveLength(1);
  fake.before = () => undefined;
  await expect(registry.manifest(fake.widget, "1")).resolves.toMatchObject({ ok: true });
});

test("a token that is out of date is got again, once for all", async () => {
  const fake = await startGuarded();
  const registry = clientOf([fake]);
  await registry.manifest(fake.widget, "1");
  fake.authorization = "Bearer t2";
  fake.token = () => ({ body: '{"token":"t2"}' });
  const both = await Promise.all([registry.manifest(fake.widget, "1"), registry.tags(fake.widget)]);
  expect(both.map(({ ok }) => ok)).toEqual([true, true]);
  expect(fake.tokens).toHaveLength(2);
});

test.each([
  ["no JSON", { body: "<html>" }, "answer-unreadable"],
  ["no token", { body: "{}" }, "answer-unreadable"],
  ["a token that no header can carry", { body: '{"token":"a\\r\\nb"}' }, "answer-unreadable"],
  ["too much", { body: `{"token":"${"a".repeat(300_000)}"}` }, "too-large"],
  ["401", { status: 401 }, "access-denied"],
  ["404, which is no word of any image", { status: 404 }, "answer-unreadable"],
  ["500", { status: 500 }, "registry-unavailable"],
])("a token service that answers with %s is told so by one reason", async (_, reply, code) => {
  const fake = await startGuarded();
  fake.token = () => reply;
  await expect(look([fake], fake, { login: BASIC })).resolves.toMatchObject({ code });
});

test("a token service that was not well is asked again", async () => {
  const fake = await startGuarded();
  const registry = clientOf([fake]);
  fake.token = () => ({ status: 500 });
  await expect(registry.manifest(fake.widget, "1")).resolves.toMatchObject({
    reason: { code: "registry-unavailable" },
  });
  fake.token = () => ({ body: '{"token":"t1"}' });
  await expect(registry.manifest(fake.widget, "1")).resolves.toMatchObject({ ok: true });
});

test.each([["ftp://a.example/token"], ["http://"]])("a token service %s is none", async (realm) => {
  const fake = await startGuarded(realm);
  await expect(look([fake], fake)).resolves.toMatchObject({ code: "answer-unreadable" });
});

test("a refusal tells of the helper that gave no login", async () => {
  const fake = await startGuarded();
  fake.token = () => ({ status: 401 });
  const hint = expect.stringContaining("docker-credential-x is not installed") as string;
  const fault = "docker-credential-x is not installed";
  await expect(look([fake], fake, { fault })).resolves.toMatchObject({ code: "access-denied", hint });
});
