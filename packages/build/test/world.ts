import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IdentityToken } from "@colophon/core";
import { createHttp, type Http, type HttpOptions } from "@colophon/http";
import {
  startGitHubJob,
  toGitHubClaims,
  toUnsignedToken,
  type GitHubIdentity,
  type GitHubJob,
  type GitHubJobOptions,
} from "@colophon/testkit";
import { expect, onTestFinished } from "vitest";
import { BuildError, createIdentityProvider, tokenEndpointHost, type Env, type IdentityOptions } from "../src/index.ts";
import { readIdentityToken } from "../src/identity/token.ts";

export const NOW = new Date("2026-01-02T03:04:05Z");
export const COMMIT = "1".repeat(40);
export const WIDGET = "https://github.com/acme/widget";
export const RUN: GitHubIdentity = {
  repository: "acme/widget",
  repositoryId: "4711",
  ownerId: "815",
  ref: "refs/tags/v1.4.0",
  sha: COMMIT,
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "42",
};

/** What a job on GitLab.com finds in its environment. */
export const GITLAB_ENV: Env = {
  GITLAB_CI: "true",
  CI_COMMIT_REF_NAME: "v1.4.0",
  CI_COMMIT_SHA: COMMIT,
  CI_COMMIT_TAG: "v1.4.0",
  CI_JOB_ID: "412",
  CI_JOB_NAME: "release: [linux]",
  CI_JOB_STARTED_AT: "2026-01-02T03:00:00Z",
  CI_PIPELINE_ID: "576",
  CI_PIPELINE_SOURCE: "push",
  CI_PROJECT_ID: "28",
  CI_PROJECT_PATH: "acme/tools/widget",
  CI_PROJECT_VISIBILITY: "public",
  CI_RUNNER_DESCRIPTION: "blue-2.saas-linux-small-amd64.runners-manager.gitlab.com/default",
  CI_RUNNER_EXECUTABLE_ARCH: "linux/amd64",
  CI_RUNNER_ID: "12270852",
  CI_RUNNER_REVISION: "4d7093e1",
  CI_SERVER_URL: "https://gitlab.com",
};

export const GITLAB_CLAIMS: Readonly<Record<string, unknown>> = {
  iss: "https://gitlab.com",
  project_path: "acme/tools/widget",
  project_id: "28",
  project_visibility: "public",
  ref: "v1.4.0",
  ref_type: "tag",
  ref_path: "refs/tags/v1.4.0",
  sha: COMMIT,
  pipeline_id: "576",
  pipeline_source: "push",
  job_id: "412",
  runner_id: 12270852,
  runner_environment: "gitlab-hosted",
  ci_config_ref_uri: "gitlab.com/acme/tools/widget//.gitlab-ci.yml@refs/tags/v1.4.0",
};

export const GITHUB_CLAIMS: Readonly<Record<string, unknown>> = toGitHubClaims(RUN);

/** A job on GitHub Actions that may ask for tokens until the test ends. */
export async function startJob(
  change: Partial<GitHubIdentity> = {},
  options: GitHubJobOptions = {},
): Promise<GitHubJob> {
  const job = await startGitHubJob({ ...RUN, ...change }, { clock: NOW, ...options });
  onTestFinished(() => job.close());
  return job;
}

/** A job's environment where its token does not matter. */
export async function jobEnv(change: Partial<GitHubIdentity> = {}): Promise<Record<string, string>> {
  return { ...(await startJob(change)).env };
}

export async function makeFile(content: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-build-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "file");
  await writeFile(path, content);
  return path;
}

/** A client that trusts the token endpoint and never really sleeps; `waits` has the milliseconds it would have waited. */
export function clientFor(env: Env, options: Partial<HttpOptions> = {}): Http & { readonly waits: number[] } {
  const waits: number[] = [];
  const host = tokenEndpointHost(env);
  const http = createHttp({
    userAgent: "colophon-test",
    trustedHosts: host === null ? [] : [host],
    sleep: async (milliseconds) => void waits.push(milliseconds),
    ...options,
  });
  onTestFinished(() => http.close());
  return { ...http, waits };
}

export async function tokenOf(
  env: Env,
  options: Partial<IdentityOptions> = {},
  audience = "sigstore",
): Promise<IdentityToken> {
  return createIdentityProvider({ env, now: () => NOW, http: clientFor(env), ...options }).token(audience);
}

/** A token with these claims; one that is `undefined` is left out. */
export function makeToken(claims: Readonly<Record<string, unknown>>): IdentityToken {
  return readIdentityToken(makeJwt(claims), { audience: "sigstore", now: NOW, from: "the test" });
}

export function makeJwt(claims: Readonly<Record<string, unknown>>): string {
  return toUnsignedToken({ aud: "sigstore", iss: "https://id.example", exp: NOW.getTime() / 1000 + 300, ...claims });
}

/** The error of this package that a promise rejects with. */
export async function refusal(promise: Promise<unknown>): Promise<BuildError> {
  const error: unknown = await promise.then(
    () => new TypeError("nothing was refused"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(BuildError);
  return error as BuildError;
}
