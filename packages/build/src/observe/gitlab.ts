import { GITLAB_ISSUER, type BuildDescription, type IdentityToken } from "@colophon/core";
import { BuildError, quote } from "../error.ts";
import { COMMIT, LINE, NUMBER, REF, WORD } from "../form.ts";
import { serverOf, variable, type Env } from "../platform.ts";
import { checkEnvironment, factsOfClaims, factsOfEnvironment, type Fact, type Facts } from "./facts.ts";
import { levelOf, visibilityOf, warningsOf } from "./observation.ts";

/** Claims of GitLab's ID tokens (docs.gitlab.com/ci/secrets/id_token_authentication) and its predefined variables. */
const FACTS = {
  project_path: { variable: "CI_PROJECT_PATH", form: /^[\w.+-]+(?:\/[\w.+-]+)+$/ },
  project_id: { variable: "CI_PROJECT_ID", form: NUMBER },
  ref: { variable: "CI_COMMIT_REF_NAME", form: REF },
  sha: { variable: "CI_COMMIT_SHA", form: COMMIT },
  pipeline_id: { variable: "CI_PIPELINE_ID", form: NUMBER },
  pipeline_source: { variable: "CI_PIPELINE_SOURCE", form: WORD },
  job_id: { variable: "CI_JOB_ID", form: NUMBER },
  runner_id: { variable: "CI_RUNNER_ID", form: NUMBER },
} as const satisfies Record<string, Fact>;

const BUILD_TYPE = "https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1";
/** GitLab's own limit for the name of a job. */
const LONGEST_NAME = 255;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

type Run = Facts<keyof typeof FACTS>;

/**
 * The build in GitLab's documented form (docs.gitlab.com, SLSA provenance specification), whose builder is the runner.
 * The claims of the token come first. Throws `token-claims`, `environment-invalid` and `environment-differs`.
 */
export function describeGitLab(env: Env, token?: IdentityToken): BuildDescription {
  const server = serverOf(env, "CI_SERVER_URL", GITLAB_ISSUER);
  const run = token === undefined ? factsOfEnvironment(FACTS, env) : factsOfClaims(FACTS, token.claims);
  if (token !== undefined) checkEnvironment(FACTS, run, env);
  const repository = `${server}/${run.project_path}`;
  const ref = `refs/${isTag(env, token) ? "tags" : "heads"}/${run.ref}`;
  const hosted = token?.claims["runner_environment"] === "gitlab-hosted";
  const startedOn = RFC_3339.exec(env["CI_JOB_STARTED_AT"] ?? "")?.[0];
  return {
    platform: "gitlab-ci",
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: { source: repository, entryPoint: jobName(env), variables: variablesOf(run) },
      internalParameters: internalParametersOf(env, run),
      resolvedDependencies: [{ uri: `git+${repository}@${ref}`, digest: { gitCommit: run.sha } }],
    },
    runDetails: {
      builder: { id: `${repository}/-/runners/${run.runner_id}`, ...runnerVersion(env) },
      // As the certificate names the run, so that the two can be compared.
      metadata: { invocationId: `${repository}/-/jobs/${run.job_id}`, ...(startedOn !== undefined && { startedOn }) },
    },
    source: { repository, ref, commit: run.sha },
    visibility: visibilityOf(token === undefined ? env["CI_PROJECT_VISIBILITY"] : token.claims["project_visibility"]),
    level: levelOf(hosted, token !== undefined),
    warnings: warningsOf(run.pipeline_source, token && hosted, token !== undefined),
  };
}

/** Fulcio knows branches and tags alone, and certifies a merge request's ref as its branch. */
function isTag(env: Env, token?: IdentityToken): boolean {
  const told = variable(env, "CI_COMMIT_TAG") !== undefined;
  if (token === undefined) return told;
  const type = token.claims["ref_type"];
  if (type === "branch" && told) {
    throw new BuildError("environment-differs", "CI_COMMIT_TAG is set, but the token says that the ref is a branch", {
      hint: "Leave CI_COMMIT_TAG as the platform sets it, and use the token of this very job.",
    });
  }
  if (type === "tag" || type === "branch") return type === "tag";
  throw new BuildError("token-claims", "the token's claim ref_type is neither branch nor tag", {
    hint: "Use the token that the CI gives to this job.",
  });
}

function jobName(env: Env): string {
  const name = variable(env, "CI_JOB_NAME");
  if (name !== undefined && name.length <= LONGEST_NAME && LINE.test(name)) return name;
  const message = name === undefined ? "CI_JOB_NAME is not there" : `CI_JOB_NAME is ${quote(name)}, which is no name`;
  throw new BuildError("environment-invalid", message, {
    hint: "The platform sets it; hand it on to the container or task that attests.",
  });
}

/** Those variables alone that a token confirms: a job cannot see which of the others GitLab masks. */
function variablesOf(run: Run): Record<string, string> {
  return Object.fromEntries(Object.entries(FACTS).map(([claim, fact]) => [fact.variable, run[claim as keyof Run]]));
}

/** The executor, which GitLab lists too, is not told to a job. */
function internalParametersOf(env: Env, run: Run): Record<string, string | number> {
  const name = shortText(env, "CI_RUNNER_DESCRIPTION");
  const architecture = shortText(env, "CI_RUNNER_EXECUTABLE_ARCH");
  return {
    ...(name !== undefined && { name }),
    ...(architecture !== undefined && { architecture }),
    job: Number(run.job_id),
  };
}

function runnerVersion(env: Env): { version?: { "gitlab-runner": string } } {
  const revision = shortText(env, "CI_RUNNER_REVISION");
  return revision === undefined ? {} : { version: { "gitlab-runner": revision } };
}

function shortText(env: Env, name: string): string | undefined {
  const value = variable(env, name);
  return value !== undefined && value.length <= LONGEST_NAME && LINE.test(value) ? value : undefined;
}
