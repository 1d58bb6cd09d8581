import type { SignerIdentity } from "@colophon/core";
import { describe, expect, test } from "vitest";
import { createBuildObserver, type Env } from "../../src/index.ts";
import { judgeBuild, provenanceOf } from "../judge.ts";
import { COMMIT, GITLAB_CLAIMS, GITLAB_ENV, makeToken, refusal } from "../world.ts";

const PROJECT = "https://gitlab.com/acme/tools/widget";
const SUBJECT = `${PROJECT}//.gitlab-ci.yml@refs/tags/v1.4.0`;

/** The certificate that Fulcio gives to the job (its configuration for gitlab-ci). */
const CERTIFICATE: SignerIdentity = {
  kind: "certificate",
  issuer: "https://gitlab.com",
  subject: SUBJECT,
  claims: {
    runnerEnvironment: "gitlab-hosted",
    sourceRepositoryUri: PROJECT,
    sourceRepositoryDigest: COMMIT,
    sourceRepositoryRef: "refs/tags/v1.4.0",
    buildConfigUri: SUBJECT,
    buildTrigger: "push",
    runInvocationUri: `${PROJECT}/-/jobs/412`,
  },
};

function describeJob(claims: Readonly<Record<string, unknown>> = {}, env: Env = {}) {
  const observer = createBuildObserver({ env: { ...GITLAB_ENV, ...env } });
  return observer.describe(makeToken({ ...GITLAB_CLAIMS, ...claims }));
}

test("describes the job in GitLab's documented form", async () => {
  expect(await describeJob()).toEqual({
    platform: "gitlab-ci",
    buildDefinition: {
      buildType: "https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1",
      externalParameters: {
        source: PROJECT,
        entryPoint: "release: [linux]",
        variables: {
          CI_COMMIT_REF_NAME: "v1.4.0",
          CI_COMMIT_SHA: COMMIT,
          CI_JOB_ID: "412",
          CI_PIPELINE_ID: "576",
          CI_PIPELINE_SOURCE: "push",
          CI_PROJECT_ID: "28",
          CI_PROJECT_PATH: "acme/tools/widget",
          CI_RUNNER_ID: "12270852",
        },
      },
      internalParameters: {
        name: "blue-2.saas-linux-small-amd64.runners-manager.gitlab.com/default",
        architecture: "linux/amd64",
        job: 412,
      },
      resolvedDependencies: [{ uri: `git+${PROJECT}@refs/tags/v1.4.0`, digest: { gitCommit: COMMIT } }],
    },
    runDetails: {
      builder: { id: `${PROJECT}/-/runners/12270852`, version: { "gitlab-runner": "4d7093e1" } },
      metadata: { invocationId: `${PROJECT}/-/jobs/412`, startedOn: "2026-01-02T03:00:00Z" },
    },
    source: { repository: PROJECT, ref: "refs/tags/v1.4.0", commit: COMMIT },
    visibility: "public",
    level: 2,
    warnings: [],
  });
});

test("the product's own reader and judge agree with the claims", async () => {
  const description = await describeJob();
  expect(provenanceOf(description)?.source).toEqual({ repository: PROJECT, ref: "refs/tags/v1.4.0", commit: COMMIT });
  const verdict = judgeBuild(description, CERTIFICATE, { sourceRepository: PROJECT, leastLevel: 2 });
  expect(verdict).toMatchObject({ status: "verified", level: 2, warnings: [] });
});

test("no variable that the token does not confirm is recorded", async () => {
  const text = JSON.stringify(
    await describeJob({}, { DEPLOY_KEY: "hunter2", CI_JOB_TOKEN: "glcbt-1", HOSTNAME: "runner-1" }),
  );
  expect(text).not.toMatch(/DEPLOY_KEY|hunter2|CI_JOB_TOKEN|glcbt|HOSTNAME/);
});

test.each<[string, Record<string, unknown>, Env, string]>([
  ["branch", { ref: "main", ref_type: "branch" }, { CI_COMMIT_REF_NAME: "main", CI_COMMIT_TAG: "" }, "refs/heads/main"],
  ["tag", { ref: "main", ref_type: "tag" }, { CI_COMMIT_REF_NAME: "main" }, "refs/tags/main"],
])("the ref of a %s is the one of its certificate", async (_what, claims, env, ref) => {
  expect((await describeJob(claims, env)).source?.ref).toBe(ref);
});

test.each<[string, Record<string, unknown>, string[], number]>([
  ["a runner of one's own", { runner_environment: "self-hosted" }, ["runner-not-hosted"], 1],
  ["a runner of no known kind", { runner_environment: null }, ["runner-not-hosted"], 1],
  ["a merge request", { pipeline_source: "merge_request_event" }, ["trigger-untrusted"], 2],
])("%s is warned of", async (_what, claims, codes, level) => {
  const description = await describeJob(claims, { CI_PIPELINE_SOURCE: undefined });
  expect(description.warnings.map(({ code }) => code)).toEqual(codes);
  expect(description.level).toBe(level);
});

test("what a runner does not tell, or tells at length, stays away", async () => {
  const env = {
    CI_RUNNER_DESCRIPTION: "x".repeat(256),
    CI_RUNNER_EXECUTABLE_ARCH: "amd64\u001b[31m",
    CI_RUNNER_REVISION: "",
    CI_JOB_STARTED_AT: "yesterday",
  };
  const { buildDefinition, runDetails } = await describeJob({}, env);
  expect(buildDefinition.internalParameters).toEqual({ job: 412 });
  expect(runDetails).toEqual({
    builder: { id: `${PROJECT}/-/runners/12270852` },
    metadata: { invocationId: `${PROJECT}/-/jobs/412` },
  });
});

describe("token and environment", () => {
  test.each([
    ["CI_PROJECT_PATH", "mallory/widget"],
    ["CI_PROJECT_ID", "29"],
    ["CI_COMMIT_REF_NAME", "main"],
    ["CI_COMMIT_SHA", "2".repeat(40)],
    ["CI_PIPELINE_ID", "577"],
    ["CI_PIPELINE_SOURCE", "web"],
    ["CI_JOB_ID", "413"],
    ["CI_RUNNER_ID", "33"],
  ])("that disagree about %s are refused by its name", async (name, value) => {
    const error = await refusal(describeJob({}, { [name]: value }));
    expect(error.code).toBe("environment-differs");
    expect(error.message).toContain(`${name} is "${value}"`);
  });

  test("that disagree about the kind of ref are refused", async () => {
    const error = await refusal(describeJob({ ref_type: "branch" }));
    expect(error.code).toBe("environment-differs");
    expect(error.message).toMatch(/^CI_COMMIT_TAG is set/);
  });

  test.each([
    ["runner_id", null, "is not there"],
    ["runner_id", 1.5, "not of its form"],
    ["project_path", "widget", "not of its form"],
    ["project_path", "acme/../widget//x", "not of its form"],
    ["ref", "a..b c", "not of its form"],
    ["ref_type", "merge_request", "neither branch nor tag"],
  ])("claim %s as %j is refused", async (claim, value, told) => {
    const error = await refusal(describeJob({ [claim]: value }));
    expect(error.code).toBe("token-claims");
    expect(error.message).toContain(told);
    expect(error.hint).toContain("token");
  });
});

describe("without a token", () => {
  test.each<[Env, string]>([
    [{}, "refs/tags/v1.4.0"],
    [{ CI_COMMIT_TAG: undefined }, "refs/heads/v1.4.0"],
  ])("the environment is described alone, at level 1: %j", async (change, ref) => {
    const description = await createBuildObserver({ env: { ...GITLAB_ENV, ...change } }).describe();
    expect(description).toMatchObject({ source: { repository: PROJECT, ref }, visibility: "public", level: 1 });
    expect(description.warnings.map(({ code }) => code)).toEqual(["no-token"]);
  });

  test.each([
    ["CI_JOB_NAME", undefined],
    ["CI_JOB_NAME", "x".repeat(256)],
    ["CI_JOB_NAME", "release\n::error::"],
    ["CI_PROJECT_PATH", undefined],
  ])("%s as %j is refused", async (name, value) => {
    const error = await refusal(createBuildObserver({ env: { ...GITLAB_ENV, [name]: value } }).describe());
    expect(error.code).toBe("environment-invalid");
    expect(error.message).toMatch(new RegExp(`^${name} is`));
  });
});
