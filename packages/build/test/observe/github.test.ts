import type { SignerIdentity } from "@colophon/core";
import { buildNpmProvenance, toGitHubClaims, type GitHubIdentity } from "@colophon/testkit";
import { describe, expect, test } from "vitest";
import { createBuildObserver, toNpmBuild, type Env } from "../../src/index.ts";
import { judgeBuild, provenanceOf } from "../judge.ts";
import { COMMIT, GITHUB_CLAIMS, jobEnv, makeToken, refusal, RUN, startJob, tokenOf, WIDGET } from "../world.ts";

/** The certificate that Fulcio gives to the job (its configuration for github-workflow). */
function certificateOf(run: GitHubIdentity): SignerIdentity {
  const claims = toGitHubClaims(run);
  return {
    kind: "certificate",
    issuer: claims["iss"] ?? "",
    subject: `https://github.com/${claims["job_workflow_ref"]}`,
    claims: {
      runnerEnvironment: run.runner,
      sourceRepositoryUri: `https://github.com/${run.repository}`,
      sourceRepositoryDigest: run.sha,
      sourceRepositoryRef: run.ref,
      buildConfigUri: `https://github.com/${claims["workflow_ref"]}`,
      buildTrigger: run.trigger,
      runInvocationUri: `https://github.com/${run.repository}/actions/runs/${run.runId}/attempts/1`,
    },
  };
}

async function describeRun(change: Partial<GitHubIdentity> = {}, env: Env = {}) {
  const job = await startJob(change);
  return createBuildObserver({ env: { ...job.env, ...env } }).describe(await tokenOf(job.env));
}

test("describes the run as actions/attest does", async () => {
  expect(await describeRun()).toEqual({
    platform: "github-actions",
    buildDefinition: {
      buildType: "https://actions.github.io/buildtypes/workflow/v1",
      externalParameters: {
        workflow: { ref: "refs/tags/v1.4.0", repository: WIDGET, path: ".github/workflows/release.yml" },
      },
      internalParameters: {
        github: {
          event_name: "push",
          repository_id: "4711",
          repository_owner_id: "815",
          runner_environment: "github-hosted",
        },
      },
      resolvedDependencies: [{ uri: `git+${WIDGET}@refs/tags/v1.4.0`, digest: { gitCommit: COMMIT } }],
    },
    runDetails: {
      builder: { id: `${WIDGET}/.github/workflows/release.yml@refs/tags/v1.4.0` },
      metadata: { invocationId: `${WIDGET}/actions/runs/42/attempts/1` },
    },
    source: { repository: WIDGET, ref: "refs/tags/v1.4.0", commit: COMMIT },
    visibility: "public",
    level: 2,
    warnings: [],
  });
});

test("the product's own reader and judge agree with the claims", async () => {
  const description = await describeRun();
  expect(provenanceOf(description)).toMatchObject({
    builderId: `${WIDGET}/${RUN.workflow}@${RUN.ref}`,
    source: { repository: WIDGET, ref: RUN.ref, commit: RUN.sha, entryPoint: RUN.workflow },
    invocationId: `${WIDGET}/actions/runs/42/attempts/1`,
  });
  const verdict = judgeBuild(description, certificateOf(RUN), {
    sourceRepository: WIDGET,
    sourceDigest: COMMIT,
    signerWorkflow: RUN.workflow,
    builderId: description.runDetails.builder.id,
    leastLevel: 2,
  });
  expect(verdict).toMatchObject({ status: "verified", level: 2, warnings: [] });
});

test("npm's form of it is what npm itself writes, whatever else was recorded", async () => {
  const job = await startJob();
  const files = [{ name: "package-lock.json", sha256: "b".repeat(64) }];
  const observer = createBuildObserver({ env: job.env, git: { dirty: true }, files });
  const build = toNpmBuild(await observer.describe(await tokenOf(job.env)));
  const written = buildNpmProvenance({ name: "w", version: "1.4.0", sha512: "" }, RUN).predicate;
  expect({ buildDefinition: build?.buildDefinition, runDetails: build?.runDetails }).toEqual(written);
  expect(judgeBuild(build ?? (await observer.describe()), certificateOf(RUN)).level).toBe(2);
});

test.each<[string, Env]>([
  ["an enterprise server", { GITHUB_ACTIONS: "true", GITHUB_SERVER_URL: "https://git.acme.example" }],
  ["a local machine", { GITHUB_ACTIONS: undefined }],
])("there is no form of npm's for %s", async (_where, change) => {
  expect(toNpmBuild(await createBuildObserver({ env: { ...(await jobEnv()), ...change } }).describe())).toBeNull();
});

test("a reusable workflow that signs is the builder, the caller stays the workflow", async () => {
  const signerWorkflow = "acme/workflows/.github/workflows/publish.yml@refs/tags/v2.0.0";
  const description = await describeRun({ signerWorkflow });
  expect(description.runDetails.builder.id).toBe(`https://github.com/${signerWorkflow}`);
  expect(description.buildDefinition.externalParameters).toMatchObject({ workflow: { path: RUN.workflow } });
  expect(judgeBuild(description, certificateOf({ ...RUN, signerWorkflow })).level).toBe(2);
});

test.each([
  ["path", ".github/workflows/release@2.yml", "refs/tags/v1.4.0"],
  ["ref", ".github/workflows/release.yml", "refs/tags/@acme/widget@1.4.0"],
])("an @ in the %s does not move where they part", async (_what, workflow, ref) => {
  const { buildDefinition } = await describeRun({ workflow, ref });
  expect(buildDefinition.externalParameters).toEqual({ workflow: { ref, repository: WIDGET, path: workflow } });
});

test("a self-hosted runner is at level 1, and said to be one", async () => {
  const description = await describeRun({ runner: "self-hosted" });
  expect(description).toMatchObject({ level: 1, warnings: [{ code: "runner-not-hosted" }] });
  expect(judgeBuild(description, certificateOf({ ...RUN, runner: "self-hosted" })).level).toBe(1);
});

test("an enterprise server is told apart, by address and warning", async () => {
  const GITHUB_SERVER_URL = "https://git.acme.example";
  const job = await startJob({ runner: "self-hosted", issuer: `${GITHUB_SERVER_URL}/_services/token` });
  const env = { ...job.env, GITHUB_SERVER_URL };
  const description = await createBuildObserver({ env }).describe(await tokenOf(env));
  expect(description.source?.repository).toBe("https://git.acme.example/acme/widget");
  expect(description.runDetails.builder.id).toMatch(/^https:\/\/git\.acme\.example\/acme\/widget\/\.github/);
  expect(description.warnings.map(({ code }) => code)).toEqual(["runner-not-hosted", "enterprise-server"]);
});

test.each([
  ["workflow_dispatch", []],
  ["release", []],
  ["create", []],
  ["schedule", ["trigger-undocumented"]],
  ["pull_request", ["trigger-untrusted", "trigger-undocumented"]],
])("a run that %s triggered has the warnings %j", async (trigger, codes) => {
  const description = await describeRun({ trigger });
  expect(description.warnings.map(({ code }) => code)).toEqual(codes);
});

test.each(["public", "private", "internal"] as const)("a repository may be %s", async (visibility) => {
  expect((await describeRun({ visibility })).visibility).toBe(visibility);
});

test("a visibility that GitHub has not is unknown", async () => {
  const token = makeToken({ ...GITHUB_CLAIMS, repository_visibility: "everybody" });
  expect((await createBuildObserver({ env: await jobEnv() }).describe(token)).visibility).toBe("unknown");
});

describe("token and environment", () => {
  test.each([
    ["GITHUB_REPOSITORY", "mallory/widget"],
    ["GITHUB_REPOSITORY_ID", "4712"],
    ["GITHUB_REPOSITORY_OWNER_ID", "816"],
    ["GITHUB_REF", "refs/heads/main"],
    ["GITHUB_SHA", "2".repeat(40)],
    ["GITHUB_EVENT_NAME", "workflow_dispatch"],
    ["GITHUB_WORKFLOW_REF", "acme/widget/.github/workflows/other.yml@refs/tags/v1.4.0"],
    ["GITHUB_RUN_ID", "43"],
    ["GITHUB_RUN_ATTEMPT", "2"],
    ["RUNNER_ENVIRONMENT", "self-hosted"],
  ])("that disagree about %s are refused by its name", async (name, value) => {
    const error = await refusal(describeRun({}, { [name]: value }));
    expect(error.code).toBe("environment-differs");
    expect(error.message).toMatch(
      new RegExp(`^${name} is ${JSON.stringify(value).replace(/[.]/g, "\\.")}, but the token`),
    );
  });

  test("agree where a variable is not there", async () => {
    await expect(describeRun({}, { GITHUB_SHA: undefined, GITHUB_REF: "" })).resolves.toMatchObject({ level: 2 });
  });

  test.each([
    ["repository", undefined, "is not there"],
    ["job_workflow_ref", undefined, "is not there"],
    ["repository", "acme/widget/../../mallory", "not of its form"],
    ["repository_id", "4711 OR 1", "not of its form"],
    ["ref", "refs/tags/v1\nrefs/tags/v2", "not of its form"],
    ["sha", "1".repeat(39), "not of its form"],
    ["sha", ["1".repeat(40)], "is not there"],
    ["runner_environment", "hosted", "not of its form"],
    ["run_id", "9".repeat(2000), "not of its form"],
    ["workflow_ref", "acme/widget@refs/tags/v1.4.0", "is not a workflow of"],
    ["workflow_ref", "mallory/widget/.github/workflows/release.yml@refs/tags/v1.4.0", "is not a workflow of"],
    ["job_workflow_ref", "acme/widget/.github/workflows/release.yml", "is not of the form"],
  ])("are no substitute for each other: claim %s as %j", async (claim, value, told) => {
    const env = { GITHUB_ACTIONS: "true" };
    const error = await refusal(createBuildObserver({ env }).describe(makeToken({ ...GITHUB_CLAIMS, [claim]: value })));
    expect(error.code).toBe("token-claims");
    expect(error.message).toContain(told);
    expect(error.message.length).toBeLessThan(500);
  });
});

describe("without a token", () => {
  test("the environment is described alone, at level 1, of unknown visibility", async () => {
    const env = await jobEnv();
    const [described, confirmed] = [await createBuildObserver({ env }).describe(), await describeRun()];
    expect(described).toEqual({
      ...confirmed,
      visibility: "unknown",
      level: 1,
      warnings: [expect.objectContaining({ code: "no-token" })],
    });
  });

  test.each([
    ["GITHUB_REPOSITORY_ID", undefined, "is not there"],
    ["GITHUB_REF", "refs/tags/a b", "not of its form"],
    ["GITHUB_WORKFLOW_REF", "release", "is not a workflow of"],
  ])("%s as %j is refused", async (name, value, told) => {
    const error = await refusal(createBuildObserver({ env: { ...(await jobEnv()), [name]: value } }).describe());
    expect(error.code).toBe("environment-invalid");
    expect(error.message).toContain(told);
    expect(error.hint).not.toContain("token");
  });

  test.each(["ACT", "GITEA_ACTIONS", "FORGEJO_ACTIONS"])("what sets %s is not taken for GitHub", async (name) => {
    const env = { ...(await jobEnv()), [name]: "true" };
    expect((await createBuildObserver({ env }).describe()).platform).toBe("local");
  });
});
