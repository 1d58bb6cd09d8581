import { generateKeyPairSync } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { toGitHubClaims, toUnsignedToken, type Script } from "@colophon/testkit";
import { test } from "vitest";
import { ATTEST } from "../src/commands/attest.ts";
import { COMMON_OPTIONS, parseOptions } from "../src/options.ts";
import { readAll, recordGit, shownIn, startProxy } from "./canary.ts";
import { openRelease, RUN, type ReleaseJob } from "./emission.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const bodyOf = (pem: string): string => pem.split("\n")[1] ?? "";
const passphrase = "canary-passphrase";
const KEY = privateKey.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase }).toString();
const PLAIN_KEY = privateKey.export({ format: "pem", type: "pkcs8" }).toString();

const SIGNATURE = "canary-of-the-signature";
/** A token as the job's issuer gives it, but for a claim that nobody asks for and a signature that is known. */
function canaryToken(claims: Readonly<Record<string, unknown>> = {}): string {
  const exp = Math.floor(Date.now() / 1000) + 300;
  const all = { ...toGitHubClaims(RUN), aud: "sigstore", exp, acme: "canary-of-a-claim", ...claims };
  return toUnsignedToken(all).replace(/[^.]+$/, Buffer.from(SIGNATURE).toString("base64url"));
}

/** Variables that have nothing to do with it, and those that have. */
const ENV = {
  GH_TOKEN: "canary-gh-token",
  GITHUB_TOKEN: "canary-github-token",
  NPM_TOKEN: "canary-npm-token",
  NODE_AUTH_TOKEN: "canary-node-auth-token",
  npm_config__authToken: "canary-npm-config",
  FOO_SECRET: "canary-foo",
  COLOPHON_KEY_PASSWORD: passphrase,
};
const PROXY_PASSWORD = "canary-of-the-proxy";
const REMOTE_PASSWORD = "canary-of-the-remote";

const SECRETS = {
  ...ENV,
  claim: "canary-of-a-claim",
  signature: SIGNATURE,
  request: "request-token-of-the-job",
  key: bodyOf(KEY),
  "plain key": bodyOf(PLAIN_KEY),
  proxy: PROXY_PASSWORD,
  remote: REMOTE_PASSWORD,
  url: "canary-of-a-url",
  "wrong password": "canary-wrong",
};

interface Case {
  readonly what: string;
  readonly args?: readonly string[];
  /** By default a job that asks for its token. */
  readonly env?: Readonly<Record<string, string>>;
  readonly script?: readonly [path: string, script: Script];
  readonly endpoint?: Script;
  /** The proxy is needed, which lets nobody through. */
  readonly isProxyAsked?: true;
  readonly exit: 0 | 1 | 2 | 3;
  /** Shown on stdout or stderr, so that it is sure that what is meant happened. */
  readonly shows: string;
}

/** Repeats what it was sent, where anybody might print it. */
const repeating = (status: number): Script => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ code: 3, message: canaryToken(), details: [`Bearer ${SECRETS.request}`] }),
});
const given = (token: string): Record<string, string> => ({ SIGSTORE_ID_TOKEN: token });
const ALONE = { GITHUB_ACTIONS: "", ACTIONS_ID_TOKEN_REQUEST_URL: "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" };
const CERTIFICATE = "/api/v2/signingCert";
const LOG = "/api/v1/log/entries";

const CASES: readonly Case[] = [
  { what: "keyless", exit: 0, shows: '"sealed"' },
  { what: "keyless by a given token", env: given(canaryToken()), exit: 0, shows: '"sealed"' },
  {
    what: "prepared outside a CI",
    args: ["--key", "key.pem", "--prepare"],
    env: ALONE,
    exit: 0,
    shows: "https://github.com/acme/widget",
  },
  { what: "a key", args: ["--key", "key.pem"], exit: 0, shows: '"sealed"' },
  { what: "a key, outside a CI", args: ["--key", "key.pem"], env: ALONE, exit: 0, shows: "local-build" },
  {
    what: "a key, by a password file",
    args: ["--key", "key.pem", "--key-password-file", "password"],
    exit: 0,
    shows: "d",
  },
  { what: "Fulcio answers 401", script: [CERTIFICATE, repeating(401)], exit: 1, shows: "identity-token-refused" },
  { what: "Fulcio answers 400", script: [CERTIFICATE, repeating(400)], exit: 1, shows: "certificate-refused" },
  { what: "Fulcio answers 500", script: [CERTIFICATE, repeating(500)], exit: 3, shows: "service-failed" },
  { what: "Fulcio answers with what it got", script: [CERTIFICATE, repeating(201)], exit: 1, shows: "answer-wrong" },
  { what: "Fulcio breaks off", script: [CERTIFICATE, "reset"], exit: 3, shows: "unreachable" },
  { what: "the log answers 400", script: [LOG, 400], exit: 1, shows: "service-refused" },
  { what: "the log answers 502", script: [LOG, 502], exit: 3, shows: "service-failed" },
  { what: "the timestamp authority answers 400", script: ["/api/v1/timestamp", 400], exit: 1, shows: "refused" },
  { what: "the endpoint refuses", endpoint: repeating(403), exit: 2, shows: "token-endpoint" },
  { what: "the endpoint fails", endpoint: repeating(503), exit: 3, shows: "token-endpoint-unavailable" },
  { what: "the endpoint gives no token", endpoint: { body: SECRETS.request }, exit: 2, shows: "token-endpoint" },
  { what: "a malformed token", env: given(`${SIGNATURE}.${SIGNATURE}.x`), exit: 2, shows: "token-malformed" },
  { what: "a token for another", env: given(canaryToken({ aud: "other" })), exit: 2, shows: "token-audience" },
  { what: "a token that expired", env: given(canaryToken({ exp: 1 })), exit: 2, shows: "token-expired" },
  { what: "a token of another", env: given(canaryToken({ iss: "https://a.example" })), exit: 2, shows: "token-issuer" },
  {
    what: "a token of another run",
    env: given(canaryToken({ sha: "2".repeat(40) })),
    exit: 2,
    shows: "environment-differs",
  },
  {
    what: "a wrong password",
    args: ["--key", "key.pem"],
    env: { COLOPHON_KEY_PASSWORD: SECRETS["wrong password"] },
    exit: 2,
    shows: "KEY_PASSWORD_WRONG",
  },
  { what: "a broken key", args: ["--key", "broken.pem"], exit: 2, shows: "KEY_PASSWORD_WRONG" },
  {
    what: "a proxy that refuses",
    args: ["--fulcio-url", "https://fulcio.example", "--timestamp-url", "https://tsa.example"],
    isProxyAsked: true,
    exit: 3,
    shows: "unreachable",
  },
  {
    what: "a proxy before the endpoint",
    env: { ACTIONS_ID_TOKEN_REQUEST_URL: "https://runner.example/token" },
    isProxyAsked: true,
    exit: 3,
    shows: "token-endpoint-unavailable",
  },
  { what: "a proxy that is no URL", env: { HTTP_PROXY: `u:${PROXY_PASSWORD}@[` }, exit: 2, shows: "proxy" },
  {
    what: "the URL of a service with a password",
    args: ["--fulcio-url", `http://u:${SECRETS.url}@127.0.0.1:1`, "--timestamp-url", "http://127.0.0.1:1"],
    exit: 2,
    shows: "SERVICE_URL_INVALID",
  },
  {
    what: "a store with a password",
    args: ["--deposit", `oci://u:${SECRETS.url}@a.example`],
    exit: 2,
    shows: "DEPOSIT_UNKNOWN",
  },
  { what: "an option that is none", args: [`--token=${SECRETS.url}`], exit: 2, shows: "--token" },
  { what: "a token as a path", args: ["--identity-token-file", canaryToken()], exit: 2, shows: "token-file" },
  { what: "a key as a path", args: [`--key=${PLAIN_KEY}`], exit: 2, shows: "CONFIG_UNREADABLE" },
  {
    what: "a password as a path",
    args: ["--key", "key.pem", "--key-password-file", passphrase],
    exit: 2,
    shows: "cannot be read",
  },
];

const FILES = {
  "dist/a.tgz": "alpha\n",
  "key.pem": KEY,
  "broken.pem": KEY.replace(bodyOf(KEY).slice(-8), "AAAAAAAA"),
  password: `${passphrase}\n`,
};

/** What a run that ends in an error throws, with everything that hangs on it. */
async function thrownBy(args: readonly string[], env: Record<string, string>, folder: string): Promise<string> {
  const options = parseOptions(args, { ...ATTEST.options, ...COMMON_OPTIONS });
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const rest = { color: false, interactive: false, now: () => new Date(), version: "0.0.0", build: () => "0" };
  const ended = await ATTEST.run({ options, cwd: folder, env, stdout: say, stderr: say, ...rest }).catch(
    (error: unknown) => error,
  );
  return [inspect(ended, { depth: Infinity, showHidden: true }), JSON.stringify(ended), ...said].join("\n");
}

/** Texts in which a secret may not be, by where they are from. */
async function textsOf(
  { folder, sigstore, job }: ReleaseJob,
  home: string,
  calls: string,
): Promise<Record<string, string>> {
  const bundles = Object.values(await readAll(join(folder, "dist")));
  const payloads = bundles.flatMap((text) => [...text.matchAll(/"payload":\s*"([^"]+)"/g)].map(([, one = ""]) => one));
  const asked = (one: (typeof sigstore.requests)[number]): string =>
    `${one.method} ${one.path}\n${JSON.stringify(one.headers)}\n`;
  return {
    ...(await readAll(join(folder, "dist"))),
    ...(await readAll(home)),
    payloads: payloads.map((one) => Buffer.from(one, "base64").toString("latin1")).join("\n"),
    git: await readFile(calls, "latin1").catch(() => ""),
    sigstore: sigstore.requests
      .map((one) => asked(one) + (one.path === CERTIFICATE ? withoutToken(one.body) : one.bytes.toString()))
      .join("\n"),
    "token endpoint": job.requests
      .map((one) => asked(one).replace(`"authorization":"Bearer ${SECRETS.request}"`, "") + one.body)
      .join("\n"),
  };
}

/** The one member that a token belongs into. */
function withoutToken(body: string): string {
  const { credentials, ...rest } = JSON.parse(body) as { credentials: object };
  return JSON.stringify({ ...rest, credentials: { ...credentials, oidcIdentityToken: "" } });
}

test.concurrent.for(CASES)(
  "$what: no secret is shown, written or sent",
  async (one, { expect: it, onTestFinished }) => {
    const { args = [], env = {}, script, endpoint, exit, shows } = one;
    const claims = { acme: SECRETS.claim };
    const release = await openRelease(FILES, { job: { claims }, cleanUp: onTestFinished });
    const { folder, sigstore, job } = release;
    if (script !== undefined) sigstore.respond(...script);
    if (endpoint !== undefined) job.respond(endpoint);
    const { path, calls } = await recordGit(folder, `https://x:${REMOTE_PASSWORD}@github.com/acme/widget.git`);
    const home = join(folder, ".home");
    await mkdir(home);
    const proxy = await startProxy(onTestFinished);
    const url = `http://u:${PROXY_PASSWORD}@${proxy.host}`;
    const through = { HTTPS_PROXY: url, HTTP_PROXY: url };
    const all = { ...ENV, ...through, ...env, PATH: path, HOME: home };
    const line = ["dist/a.tgz", "--cache-dir", join(home, "cache"), ...args];
    const { code, stdout, stderr } = await release.attestWith(all, ...line, "--json", "--verbose");
    it({ code, shown: stdout + stderr }).toEqual({ code: exit, shown: it.stringContaining(shows) as string });
    const plain = exit === 2 ? await release.attestWith(all, ...line) : { stdout: "", stderr: "" };
    const thrown = exit === 2 && !shows.startsWith("--") ? await thrownBy(line, { ...job.env, ...all }, folder) : "";
    const texts: Readonly<Record<string, string>> = {
      stdout: stdout + plain.stdout,
      stderr: stderr + plain.stderr,
      thrown,
      ...(await textsOf(release, home, calls)),
    };
    it(texts["git"]).toMatch(exit === 0 ? /rev-parse/ : /^/);
    const found = Object.entries(texts).flatMap(([where, text]) =>
      shownIn(text, SECRETS).map((name) => `${name} in ${where}`),
    );
    it(found).toEqual([]);
    it(shownIn(proxy.seen.join("\n"), SECRETS)).toEqual(one.isProxyAsked ? ["proxy"] : []);
  },
);
