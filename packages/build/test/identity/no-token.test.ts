import { describe, expect, test } from "vitest";
import { createBuildObserver, type Env } from "../../src/index.ts";
import { GITLAB_ENV, jobEnv, makeFile, refusal, tokenOf } from "../world.ts";

const PERMISSION = "  permissions:\n    id-token: write";

async function withoutEndpoint(change: Env = {}): Promise<Env> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: _url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: _token, ...env } = await jobEnv();
  return { ...env, ...change };
}

const pullRequest = (head: object | null, base: object = { full_name: "acme/widget" }) => ({
  pull_request: { head: { repo: head }, base: { repo: base } },
});

async function onPullRequest(event: object | string, change: Env = {}): Promise<Env> {
  const path = await makeFile(typeof event === "string" ? event : JSON.stringify(event));
  return withoutEndpoint({ GITHUB_EVENT_NAME: "pull_request", GITHUB_EVENT_PATH: path, ...change });
}

test("a job without the permission is named, with the lines to add", async () => {
  const error = await refusal(tokenOf(await withoutEndpoint()));
  expect(error.code).toBe("no-id-token");
  expect(error.message).toBe('the job "release" of ".github/workflows/release.yml" may not ask for an identity token');
  expect(error.hint).toContain(PERMISSION);
});

test("a job that nothing names is still told the lines to add", async () => {
  const error = await refusal(tokenOf(await withoutEndpoint({ GITHUB_JOB: "", GITHUB_WORKFLOW_REF: undefined })));
  expect(error.message).toBe("the job may not ask for an identity token");
  expect(error.hint).toContain(PERMISSION);
});

test("half of the runner's variables is told apart from no permission", async () => {
  const error = await refusal(tokenOf({ ...(await jobEnv()), ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined }));
  expect(error.code).toBe("no-id-token");
  expect(error.message).toContain("ACTIONS_ID_TOKEN_REQUEST_TOKEN is not set");
  expect(error.hint).not.toContain(PERMISSION);
});

describe("fork-pull-request-no-token", () => {
  test.each<[string, object]>([
    ["a fork", pullRequest({ full_name: "someone/widget", fork: true })],
    ["a fork that was deleted", pullRequest(null)],
    [
      "a fork, of a base that the event does not name",
      { pull_request: { head: { repo: { full_name: "someone/widget" } } } },
    ],
  ])("a pull request from %s is told to wait for the merge, not to grant anything", async (_from, event) => {
    const env = await onPullRequest(event);
    const error = await refusal(tokenOf(env));
    expect(error.code).toBe("no-id-token-fork");
    expect(error.hint).toContain("after the merge");
    expect(`${error.message}${error.hint}`).not.toMatch(/permission|pull_request_target/);
    await expect(createBuildObserver({ env }).describe()).resolves.toMatchObject({ level: 1 });
  });

  test.each<[string, object | string, Env]>([
    ["from a branch of the repository", pullRequest({ full_name: "acme/widget", fork: false }), {}],
    ["inside a repository that is a fork itself", pullRequest({ full_name: "acme/widget", fork: true }), {}],
    ["that runs with the base's permissions", pullRequest(null), { GITHUB_EVENT_NAME: "pull_request_target" }],
    ["whose event cannot be read", "{", {}],
    ["whose event is not there", pullRequest(null), { GITHUB_EVENT_PATH: "/nowhere/event.json" }],
    ["that is none", { ref: "refs/heads/main" }, { GITHUB_EVENT_NAME: "push" }],
  ])("a pull request %s is told of the permission", async (_what, event, change) => {
    const error = await refusal(tokenOf(await onPullRequest(event, change)));
    expect(error.code).toBe("no-id-token");
    expect(error.hint).toContain(PERMISSION);
    expect(error.hint).not.toContain("Dependabot");
  });

  test("a pull request by Dependabot is told of both", async () => {
    const own = pullRequest({ full_name: "acme/widget" });
    const error = await refusal(tokenOf(await onPullRequest(own, { GITHUB_ACTOR: "dependabot[bot]" })));
    expect(error.code).toBe("no-id-token");
    expect(error.hint).toContain(PERMISSION);
    expect(error.hint).toContain("Dependabot");
  });
});

test.each<[string, Env, string, string]>([
  [
    "GitLab",
    GITLAB_ENV,
    'the job "release: [linux]" has no identity token',
    "  id_tokens:\n    SIGSTORE_ID_TOKEN:\n      aud: sigstore",
  ],
  ["a local machine", {}, "this is no CI that gives one", "SIGSTORE_ID_TOKEN"],
])("%s without a token is told what it needs", async (_where, env, message, hint) => {
  const error = await refusal(tokenOf(env));
  expect(error.code).toBe("no-id-token");
  expect(error.message).toContain(message);
  expect(error.hint).toContain(hint);
});
