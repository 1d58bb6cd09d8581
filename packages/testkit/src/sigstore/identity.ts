import { createHash } from "node:crypto";

/** A run of a GitHub Actions workflow, from which the claims of its identity token follow. */
export interface GitHubIdentity {
  /** `owner/name`. */
  readonly repository: string;
  readonly repositoryId?: string;
  readonly ownerId?: string;
  /** Full ref, such as `refs/tags/v1.0.0`. */
  readonly ref: string;
  /** Commit, 40 hex digits. */
  readonly sha: string;
  /** Path of the workflow that was started, such as `.github/workflows/release.yml`. */
  readonly workflow: string;
  /** `owner/repo/.github/workflows/x.yml@ref` of the reusable workflow that signs; the started one by default. */
  readonly signerWorkflow?: string;
  /** Name of the event, such as `push`. */
  readonly trigger: string;
  readonly runner: "github-hosted" | "self-hosted";
  readonly runId: string;
  /** Default `https://token.actions.githubusercontent.com`. */
  readonly issuer?: string;
  /** Default `public`. */
  readonly visibility?: "public" | "private" | "internal";
}

/** Any other identity: issuer and subject (a URI) as they are, further extensions by their dotted OID. */
export interface NamedIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly extensions?: Readonly<Record<string, string>>;
}

/** The claims of an identity token that a certificate is made from. */
export type TokenClaims = Readonly<Record<string, string>>;

const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/** The claims of the identity token that GitHub gives to that run; ids not told follow from the names. */
export function toGitHubClaims(identity: GitHubIdentity): TokenClaims {
  const { repository, ref, sha, workflow, signerWorkflow } = identity;
  const owner = repository.split("/")[0] ?? repository;
  const workflowRef = `${repository}/${workflow}@${ref}`;
  return {
    iss: identity.issuer ?? GITHUB_ISSUER,
    sub: `repo:${repository}:ref:${ref}`,
    event_name: identity.trigger,
    sha,
    // A workflow without a name of its own is called by its path.
    workflow,
    repository,
    ref,
    job_workflow_ref: signerWorkflow ?? workflowRef,
    job_workflow_sha:
      signerWorkflow === undefined ? sha : createHash("sha1").update(`workflow ${signerWorkflow}`).digest("hex"),
    runner_environment: identity.runner,
    repository_id: identity.repositoryId ?? toStableId(`repository ${repository}`),
    repository_owner: owner,
    repository_owner_id: identity.ownerId ?? toStableId(`owner ${owner}`),
    workflow_ref: workflowRef,
    workflow_sha: sha,
    run_id: identity.runId,
    run_attempt: "1",
    repository_visibility: identity.visibility ?? "public",
  };
}

/** A number as GitHub's ids are, the same for the same text. */
export function toStableId(text: string): string {
  return String(createHash("sha256").update(text).digest().readUInt32BE());
}
