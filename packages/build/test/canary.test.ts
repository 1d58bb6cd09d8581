import { inspect } from "node:util";
import { expect, test } from "vitest";
import { createBuildObserver, type Env } from "../src/index.ts";
import {
  clientFor,
  GITHUB_CLAIMS,
  GITLAB_CLAIMS,
  GITLAB_ENV,
  makeFile,
  makeJwt,
  NOW,
  startJob,
  tokenOf,
} from "./world.ts";

const CANARY = "canary-that-must-stay-in-its-mine";
const REQUEST_TOKEN = `${CANARY}-request`;
/** In the signature, as the secret of a token is; of the claims none is secret. */
const SIGNATURE = Buffer.from(CANARY).toString("base64url");
const GITHUB = "https://token.actions.githubusercontent.com";

function canaryJwt(claims: Readonly<Record<string, unknown>>): string {
  return makeJwt({ iss: GITHUB, ...claims }).replace(/[^.]+$/, SIGNATURE);
}

/** Everything that could be printed of a value, by whatever prints it. */
function printed(value: unknown): string {
  const error = value instanceof Error ? `${value.stack}${value.message}${JSON.stringify(Object.entries(value))}` : "";
  const shown = [true, false].map((customInspect) =>
    inspect(value, { depth: Infinity, showHidden: true, customInspect }),
  );
  return [error, ...shown, JSON.stringify(value), String(value)].join("\n");
}

const job = (change: Env = {}): Promise<Env> =>
  startJob().then(({ env }) => ({ ...env, ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN, ...change }));
const given = (claims: Readonly<Record<string, unknown>>, env: Env = {}): Promise<Env> =>
  job({ SIGSTORE_ID_TOKEN: canaryJwt(claims), ...env });
const answering = async (body: string, status = 200): Promise<Env> => {
  const { env, respond } = await startJob();
  respond({ status, body });
  return { ...env, ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN };
};

test.each<[string, () => Promise<Env>]>([
  ["a token that is taken", () => given(GITHUB_CLAIMS)],
  ["a token of GitLab", async () => ({ ...GITLAB_ENV, SIGSTORE_ID_TOKEN: canaryJwt(GITLAB_CLAIMS) })],
  ["another audience", () => given({ aud: "other" })],
  ["another issuer", () => given({ iss: `${GITHUB}.evil.example` })],
  ["a token that expired", () => given({ exp: NOW.getTime() / 1000 - 1 })],
  ["a token of tomorrow", () => given({ nbf: NOW.getTime() / 1000 + 86_400 })],
  ["claims that are missing", () => given({})],
  ["an environment that differs", () => given(GITHUB_CLAIMS, { GITHUB_REF: "refs/heads/other" })],
  ["a token of a CI elsewhere", () => given(GITHUB_CLAIMS, { GITHUB_ACTIONS: "" })],
  ["a token in two parts", () => job({ SIGSTORE_ID_TOKEN: `${CANARY}.${SIGNATURE}` })],
  ["a token whose parts are no JSON", () => job({ SIGSTORE_ID_TOKEN: `${SIGNATURE}.${SIGNATURE}.${SIGNATURE}` })],
  ["a request token that is refused", () => job()],
  ["a request token that cannot be sent", () => job({ ACTIONS_ID_TOKEN_REQUEST_TOKEN: `${CANARY}\n` })],
  ["a request token that goes nowhere", () => job({ ACTIONS_ID_TOKEN_REQUEST_URL: "http://token.example/" })],
  [
    "a request URL with a secret",
    () => job({ ACTIONS_ID_TOKEN_REQUEST_URL: `https://u:${CANARY}@token.example/?t=${CANARY}` }),
  ],
  ["an answer that is a bare token", () => answering(canaryJwt(GITHUB_CLAIMS))],
  ["an answer with a key twice", () => answering(`{"${CANARY}":1,"${CANARY}":2}`)],
  ["an answer with a broken token", () => answering(JSON.stringify({ value: `${CANARY}.x.y` }))],
  ["a refusal that repeats the token", () => answering(REQUEST_TOKEN, 403)],
])("%s: nothing that can be printed holds a secret", async (_what, environment) => {
  const env = await environment();
  const token = await tokenOf(env, { http: clientFor(env, { random: () => 0 }) }).catch((error: unknown) => error);
  const description = await createBuildObserver({ env })
    .describe(token instanceof Error ? undefined : (token as never))
    .catch((error: unknown) => error);
  const text = printed(token) + printed(description);
  expect(text.length).toBeGreaterThan(100);
  expect(text).not.toContain(CANARY);
  expect(text).not.toContain(SIGNATURE);
});

test("a file that holds a secret of another kind is not shown", async () => {
  const tokenFile = await makeFile(`{"password":"${CANARY}"}`);
  expect(printed(await tokenOf({}, { tokenFile }).catch((error: unknown) => error))).not.toContain(CANARY);
});

test("a token that is given as the path of its file is not shown", async () => {
  const error = await tokenOf({}, { tokenFile: `/nowhere/${canaryJwt(GITHUB_CLAIMS)}` }).catch(
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({ code: "token-file" });
  expect(printed(error)).not.toContain(SIGNATURE);
});
