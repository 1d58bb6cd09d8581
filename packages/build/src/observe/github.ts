import { parseWorkflowIdentity, type BuildDescription, type IdentityToken, type Warning } from "@colophon/core";
import { BuildError, quote, type BuildErrorCode } from "../error.ts";
import { COMMIT, LINE, NUMBER, REF, WORD } from "../form.ts";
import { GITHUB_SERVER, isEnterpriseServer } from "../identity/issuer.ts";
import { serverOf, type Env } from "../platform.ts";
import { checkEnvironment, factsOfClaims, factsOfEnvironment, type Fact, type Facts } from "./facts.ts";
import { levelOf, visibilityOf, warningsOf } from "./observation.ts";

/** Claims of GitHub's identity tokens (docs.github.com, OpenID Connect reference) and the runner's variables. */
const FACTS = {
  repository: { variable: "GITHUB_REPOSITORY", form: /^[\w.-]+\/[\w.-]+$/ },
  repository_id: { variable: "GITHUB_REPOSITORY_ID", form: NUMBER },
  repository_owner_id: { variable: "GITHUB_REPOSITORY_OWNER_ID", form: NUMBER },
  ref: { variable: "GITHUB_REF", form: REF },
  sha: { variable: "GITHUB_SHA", form: COMMIT },
  event_name: { variable: "GITHUB_EVENT_NAME", form: WORD },
  workflow_ref: { variable: "GITHUB_WORKFLOW_REF", form: LINE },
  run_id: { variable: "GITHUB_RUN_ID", form: NUMBER },
  run_attempt: { variable: "GITHUB_RUN_ATTEMPT", form: NUMBER },
  runner_environment: { variable: "RUNNER_ENVIRONMENT", form: /^(?:github-hosted|self-hosted)$/ },
} as const satisfies Record<string, Fact>;

/** The workflow that signs: a called one where it is in a reusable workflow. No variable tells it. */
const SIGNER = { job_workflow_ref: { variable: "GITHUB_WORKFLOW_REF", form: LINE } } as const;

const BUILD_TYPE = "https://actions.github.io/buildtypes/workflow/v1";
const DOCUMENTED_EVENTS: ReadonlySet<string> = new Set(["create", "release", "push", "workflow_dispatch"]);

type Run = Facts<keyof typeof FACTS | keyof typeof SIGNER>;

/**
 * The build as actions/attest describes it (github.com/actions/buildtypes, workflow/v1). The claims of the token come
 * first. Throws `token-claims`, `environment-invalid` and `environment-differs`.
 */
export function describeGitHub(env: Env, token?: IdentityToken): BuildDescription {
  const server = serverOf(env, "GITHUB_SERVER_URL", GITHUB_SERVER);
  const run = token === undefined ? runOfEnvironment(env) : runOfClaims(token, env);
  const malformed = token === undefined ? "environment-invalid" : "token-claims";
  const repository = `${server}/${run.repository}`;
  const path = pathOf(run.workflow_ref, server, malformed, repository);
  pathOf(run.job_workflow_ref, server, malformed);
  const hosted = run.runner_environment === "github-hosted";
  return {
    platform: "github-actions",
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: { workflow: { ref: run.ref, repository, path } },
      internalParameters: {
        github: {
          event_name: run.event_name,
          repository_id: run.repository_id,
          repository_owner_id: run.repository_owner_id,
          runner_environment: run.runner_environment,
        },
      },
      resolvedDependencies: [{ uri: `git+${repository}@${run.ref}`, digest: { gitCommit: run.sha } }],
    },
    runDetails: {
      builder: { id: `${server}/${run.job_workflow_ref}` },
      metadata: { invocationId: `${repository}/actions/runs/${run.run_id}/attempts/${run.run_attempt}` },
    },
    source: { repository, ref: run.ref, commit: run.sha },
    visibility: visibilityOf(token?.claims["repository_visibility"]),
    level: levelOf(hosted, token !== undefined),
    warnings: [...warningsOf(run.event_name, hosted, token !== undefined), ...warningsOfGitHub(run.event_name, server)],
  };
}

function runOfClaims({ claims }: IdentityToken, env: Env): Run {
  const facts = factsOfClaims(FACTS, claims);
  checkEnvironment(FACTS, facts, env);
  return { ...facts, ...factsOfClaims(SIGNER, claims) };
}

function runOfEnvironment(env: Env): Run {
  return { ...factsOfEnvironment(FACTS, env), ...factsOfEnvironment(SIGNER, env) };
}

/** The path of `owner/repo/<path>@<ref>`; both path and ref may hold an `@`. */
function pathOf(workflowRef: string, server: string, code: BuildErrorCode, repository?: string): string {
  const workflow = parseWorkflowIdentity(`${server}/${workflowRef}`);
  if (workflow !== null && (repository ?? workflow.repository) === workflow.repository) return workflow.path;
  const expected = repository === undefined ? "of the form owner/repo/path@ref" : `a workflow of ${repository}`;
  throw new BuildError(code, `the workflow ${quote(workflowRef)} is not ${expected}`, {
    hint: "Attest in a workflow of the repository that is built, or in one that it calls.",
  });
}

function warningsOfGitHub(event: string, server: string): Warning[] {
  const warnings: Warning[] = [];
  if (!DOCUMENTED_EVENTS.has(event)) {
    const message = `${BUILD_TYPE} documents runs of ${[...DOCUMENTED_EVENTS].join(", ")} only, not of ${event}`;
    warnings.push({ code: "trigger-undocumented", message });
  }
  if (isEnterpriseServer(server)) {
    const message = `${server} is a GitHub Enterprise Server: only a Fulcio that knows its issuer can certify its jobs`;
    warnings.push({ code: "enterprise-server", message });
  }
  return warnings;
}
