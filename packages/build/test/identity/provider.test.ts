import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { tokenEndpointHost } from "../../src/index.ts";
import { clientFor, GITLAB_CLAIMS, GITLAB_ENV, makeFile, makeJwt, NOW, refusal, startJob, tokenOf } from "../world.ts";

const own = (name: string) => makeJwt({ iss: "https://token.actions.githubusercontent.com", sub: name });

describe("on GitHub Actions", () => {
  test("asks the runner for the audience, with the job's request token", async () => {
    const job = await startJob();
    const token = await tokenOf(job.env, {}, "npm:registry.example");
    expect(token.claims).toMatchObject({ aud: "npm:registry.example", repository: "acme/widget" });
    expect(job.requests.map(({ path }) => path)).toEqual([
      "/idtoken/plan-1?api-version=2.0&audience=npm%3Aregistry.example",
    ]);
  });

  test("waits as Retry-After asks, and asks again", async () => {
    const job = await startJob();
    job.respond([{ status: 429, headers: { "retry-after": "7" } }, 502, "serve"]);
    const http = clientFor(job.env);
    await tokenOf(job.env, { http });
    expect(job.requests).toHaveLength(3);
    expect(http.waits.some((milliseconds) => milliseconds >= 7000)).toBe(true);
  });

  test("leaves no token in a cache", async () => {
    const job = await startJob();
    job.respond((usual) => ({ ...usual, headers: { ...usual.headers, etag: '"1"' } }));
    const cacheDir = dirname(await makeFile(""));
    await tokenOf(job.env, { http: clientFor(job.env, { cacheDir }) });
    expect(await readdir(cacheDir)).toEqual(["file"]);
  });

  test.each([
    ["refuses", 401, "token-endpoint", 1],
    ["does not know the job", 404, "token-endpoint", 1],
    ["stays away", 503, "token-endpoint-unavailable", 4],
    ["breaks off", "reset" as const, "token-endpoint-unavailable", 4],
    ["answers no JSON", { body: "<html>" }, "token-endpoint", 1],
    ["answers without a token", { body: '{"count":0}' }, "token-endpoint", 1],
    ["answers a token twice", { body: '{"value":"a","value":"b"}' }, "token-endpoint", 1],
    ["answers without end", { body: JSON.stringify({ value: "x".repeat(262_144) }) }, "token-endpoint", 1],
    [
      "sends elsewhere in plain http",
      { status: 302, headers: { location: "http://evil.example/" } },
      "token-endpoint",
      1,
    ],
  ])("says so when the endpoint %s", async (_what, script, code, requests) => {
    const job = await startJob();
    job.respond(script);
    const error = await refusal(tokenOf(job.env));
    expect(error.code).toBe(code);
    expect(error.message).toContain("ACTIONS_ID_TOKEN_REQUEST_URL");
    expect(error.hint).toBeDefined();
    expect(job.requests).toHaveLength(requests);
  });

  test("is unavailable offline", async () => {
    const { env } = await startJob();
    expect((await refusal(tokenOf(env, { http: clientFor(env, { offline: true }) }))).code).toBe(
      "token-endpoint-unavailable",
    );
  });

  test.each([
    "http://token.example/idtoken",
    "https://user:pass@token.example/idtoken",
    "file:///idtoken",
    "not a URL",
    "http://127.0.0.1.evil.example/",
  ])("sends no request to %s", async (url) => {
    const env = { ...(await startJob()).env, ACTIONS_ID_TOKEN_REQUEST_URL: url };
    const error = await refusal(tokenOf(env));
    expect(error.code).toBe("token-endpoint");
    expect(error.message).toMatch(/^ACTIONS_ID_TOKEN_REQUEST_URL is no https URL/);
    expect(tokenEndpointHost(env)).toBeNull();
  });

  test.each([
    ["a plain http", async () => (await startJob()).env],
    ["a private", async () => ({ ...(await startJob()).env, ACTIONS_ID_TOKEN_REQUEST_URL: "https://127.0.0.1:1/" })],
  ])("%s endpoint that the client was not told to trust is not asked", async (_what, environment) => {
    const error = await refusal(tokenOf(await environment(), { http: clientFor({}) }));
    expect(error.code).toBe("token-endpoint");
  });

  test("does not send a request token that no header can carry", async () => {
    const job = await startJob();
    const error = await refusal(tokenOf({ ...job.env, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "two\nlines" }));
    expect(error.code).toBe("token-endpoint");
    expect(error.message).not.toContain("lines");
    expect(job.requests).toHaveLength(0);
  });
});

test.each([
  ["https://pipelines.example/token?x=1", "pipelines.example"],
  ["https://ghes.internal:8443/token", "ghes.internal:8443"],
  ["http://[::1]:8080/", "[::1]:8080"],
  ["http://localhost:8080/", "localhost:8080"],
  ["", null],
])("the host to trust of %j is %s", (url, host) => {
  expect(tokenEndpointHost({ ACTIONS_ID_TOKEN_REQUEST_URL: url })).toBe(host);
});

describe("where a token comes from", () => {
  test("the file ranks above SIGSTORE_ID_TOKEN, and that above the runner", async () => {
    const job = await startJob();
    const env = { ...job.env, SIGSTORE_ID_TOKEN: own("the environment") };
    const tokenFile = await makeFile(`${own("the file")}\n`);
    expect((await tokenOf(env, { tokenFile })).claims["sub"]).toBe("the file");
    expect((await tokenOf(env)).claims["sub"]).toBe("the environment");
    expect(job.requests).toHaveLength(0);
    expect((await tokenOf(job.env)).claims["sub"]).toContain("acme/widget");
  });

  test("an empty SIGSTORE_ID_TOKEN is none", async () => {
    const { env } = await startJob();
    expect((await tokenOf({ ...env, SIGSTORE_ID_TOKEN: "" })).claims["repository"]).toBe("acme/widget");
  });

  test("GitLab's is SIGSTORE_ID_TOKEN, and one for another audience is told how to be asked for", async () => {
    const env = { ...GITLAB_ENV, SIGSTORE_ID_TOKEN: makeJwt(GITLAB_CLAIMS) };
    expect((await tokenOf(env)).claims["project_path"]).toBe("acme/tools/widget");
    const error = await refusal(tokenOf(env, {}, "npm:registry.example"));
    expect(error.code).toBe("token-audience");
    expect(error.hint).toContain("    SIGSTORE_ID_TOKEN:\n      aud: npm:registry.example");
  });

  test.each([
    ["is not there", async () => "/nowhere/token", "token-file", "/nowhere/token cannot be read (ENOENT)"],
    ["is a folder", async () => dirname(await makeFile("")), "token-file", "(EISDIR)"],
    ["is empty", () => makeFile("\n"), "token-malformed", "is empty"],
    ["never ends", async () => "/dev/zero", "token-malformed", "longer than"],
  ])("a file that %s is refused", async (_what, path, code, told) => {
    const error = await refusal(tokenOf({}, { tokenFile: await path() }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(told);
  });

  test("the time is taken for each token", async () => {
    const job = await startJob();
    const times = [NOW, new Date(NOW.getTime() + 300_000)];
    const now = (): Date => times.shift() ?? NOW;
    await tokenOf(job.env, { now });
    expect((await refusal(tokenOf(job.env, { now }))).code).toBe("token-expired");
  });
});
