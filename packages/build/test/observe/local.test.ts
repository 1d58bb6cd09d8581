import { homedir, hostname } from "node:os";
import type { SignerIdentity } from "@colophon/core";
import { expect, test } from "vitest";
import { createBuildObserver, type Env, type GitFacts } from "../../src/index.ts";
import { judgeBuild } from "../judge.ts";
import { COMMIT, GITHUB_CLAIMS, GITLAB_CLAIMS, makeToken, refusal, WIDGET } from "../world.ts";

const GIT: GitFacts = {
  commit: COMMIT,
  ref: "refs/heads/main",
  remote: "git@github.com:acme/widget.git",
  dirty: false,
};
const describeLocal = (git?: GitFacts, env: Env = {}) => createBuildObserver({ env, ...(git && { git }) }).describe();

test("a local machine says that it is one, and what it built from", async () => {
  expect(await describeLocal(GIT)).toEqual({
    platform: "local",
    buildDefinition: {
      buildType: "urn:colophon:buildtype:local-v1",
      externalParameters: { source: { repository: WIDGET, ref: "refs/heads/main" } },
      resolvedDependencies: [{ uri: `git+${WIDGET}@refs/heads/main`, digest: { gitCommit: COMMIT } }],
    },
    runDetails: { builder: { id: "urn:colophon:builder:local-v1" }, metadata: {} },
    source: { repository: WIDGET, ref: "refs/heads/main", commit: COMMIT },
    visibility: "unknown",
    level: 1,
    warnings: [{ code: "local-build", message: expect.stringContaining("a local machine: SLSA Build level 1") }],
  });
});

test("outside a checkout no source is claimed", async () => {
  const description = await describeLocal();
  expect(description.buildDefinition).toEqual({
    buildType: "urn:colophon:buildtype:local-v1",
    externalParameters: {},
    resolvedDependencies: [],
  });
  expect(description).not.toHaveProperty("source");
  expect(description.warnings.map(({ code }) => code)).toEqual(["local-build", "no-source"]);
});

test("a CI that is not known is a local build, and called what it is", async () => {
  const { platform, warnings } = await describeLocal(GIT, { CI: "true" });
  expect([platform, warnings[0]?.message]).toEqual(["local", expect.stringContaining("a CI that is not known")]);
});

test("nothing of machine or user is told", async () => {
  const env = {
    HOME: "/home/canary",
    USER: "canary",
    HOSTNAME: "canary",
    PWD: "/home/canary/widget",
    npm_config_user: "canary",
  };
  const text = JSON.stringify(await describeLocal({ ...GIT, dirty: true }, env));
  for (const own of ["canary", hostname(), homedir(), process.cwd()]) expect(text).not.toContain(own);
});

test("what a configured key signed is verified at level 1", async () => {
  const signer: SignerIdentity = { kind: "key", keyId: "release", scope: "configured" };
  const row = { keyId: "release", builderId: "urn:colophon:builder:local-v1", level: 1 };
  const verdict = judgeBuild(await describeLocal(GIT), signer, { sourceRepository: WIDGET }, { configured: [row] });
  expect(verdict).toMatchObject({ status: "verified", level: 1, source: { repository: WIDGET, commit: COMMIT } });
});

test.each<[string, string | undefined]>([
  ["https://github.com/acme/widget.git", WIDGET],
  ["https://x-access-token:ghs_hunter2@github.com/acme/widget", WIDGET],
  ["https://ghp_hunter2@github.com/acme/widget.git?token=hunter2", WIDGET],
  ["ssh://git:hunter2@git.acme.example:2222/tools/widget.git", "https://git.acme.example/tools/widget"],
  ["git@github.com:acme/widget.git", WIDGET],
  ["git@work-alias:acme/widget.git", undefined],
  ["/home/hunter2/widget", undefined],
  ["../hunter2/widget", undefined],
  ["hunter2/widget", undefined],
  ["file:///home/hunter2/widget", undefined],
  ["ext::sh -c hunter2", undefined],
])("of the remote %s only what others can find is told", async (remote, repository) => {
  const description = await describeLocal({ ...GIT, remote });
  expect(description.source?.repository).toBe(repository);
  expect(description.buildDefinition.resolvedDependencies).toEqual([
    repository === undefined
      ? { name: "source", digest: { gitCommit: COMMIT } }
      : { uri: `git+${repository}@refs/heads/main`, digest: { gitCommit: COMMIT } },
  ]);
  expect(JSON.stringify(description)).not.toMatch(/hunter2|work-alias/);
});

test("a detached head has no ref", async () => {
  const { ref: _ref, ...git } = GIT;
  const { source, buildDefinition } = await describeLocal(git);
  expect(source).toEqual({ repository: WIDGET, commit: COMMIT });
  expect(buildDefinition.externalParameters).toEqual({ source: { repository: WIDGET } });
  expect(buildDefinition.resolvedDependencies[0]?.uri).toBe(`git+${WIDGET}`);
});

test.each([
  ["commit", { commit: "HEAD" }],
  ["commit", { commit: `${COMMIT}\n` }],
  ["ref", { ref: "main" }],
  ["ref", { ref: "refs/heads/a b" }],
])("a malformed %s is refused: %j", async (what, change) => {
  const error = await refusal(describeLocal({ ...GIT, ...change }));
  expect(error.code).toBe("input-invalid");
  expect(error.message).toContain(`the ${what} of the checkout`);
});

test.each([
  ["GITHUB_ACTIONS", GITHUB_CLAIMS],
  ["GITLAB_CI", GITLAB_CLAIMS],
])("the token of a CI job is refused where %s is not set", async (name, claims) => {
  const error = await refusal(createBuildObserver({ env: {}, git: GIT }).describe(makeToken(claims)));
  expect(error.code).toBe("environment-differs");
  expect(error.message).toContain(name);
});

test("a person's token changes nothing of the description", async () => {
  const token = makeToken({ sub: "somebody", email: "ada@acme.example" });
  expect(await createBuildObserver({ env: {}, git: GIT }).describe(token)).toEqual(await describeLocal(GIT));
});
