import type { SignerIdentity } from "./ports.ts";

/** Issuer of the identity tokens of GitHub Actions. */
export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";
/** Issuer of the identity tokens of GitLab.com CI. */
export const GITLAB_ISSUER = "https://gitlab.com";

/** Whether the issuer is GitHub's for one enterprise: its own, and a single slug behind it. */
export function isEnterpriseIssuer(issuer: string): boolean {
  return issuer.startsWith(`${GITHUB_ISSUER}/`) && /^[A-Za-z0-9-]+$/.test(issuer.slice(GITHUB_ISSUER.length + 1));
}

/** A workflow identity in parts: `https://host/owner/repo/<path>@<ref>`, split at its first `@` (refs may hold more). */
export interface WorkflowIdentity {
  readonly repository: string;
  readonly owner: string;
  readonly path: string;
  readonly ref: string;
}

/** Reads the identity of a GitHub workflow or GitLab pipeline; null where it is of another form. */
export function parseWorkflowIdentity(uri: string): WorkflowIdentity | null {
  const gitlab = /^(https:\/\/[^/@]+\/[^@]+?)\/\/([^@]+)@(.+)$/.exec(uri);
  const github = /^(https:\/\/[^/@]+\/[^/@]+\/[^/@]+)\/([^@]+)@(.+)$/.exec(uri);
  const [, repository, path, ref] = gitlab ?? github ?? [];
  if (repository === undefined || path === undefined || ref === undefined) return null;
  return { repository, owner: repository.slice(0, repository.lastIndexOf("/")), path, ref };
}

/** Whether the signer is a workflow of the source repository, or of the same owner: under the tenant's control. */
export function isTenantWorkflow(signer: Extract<SignerIdentity, { kind: "certificate" }>): boolean {
  const source = signer.claims.sourceRepositoryUri;
  const workflow = parseWorkflowIdentity(signer.subject);
  if (source === undefined || workflow === null) return false;
  return workflow.repository === source || workflow.owner === source.slice(0, source.lastIndexOf("/"));
}
