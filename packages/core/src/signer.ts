import type { SignerIdentity } from "./ports.ts";

/** Issuer of the identity tokens of GitHub Actions. */
export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";
/** Issuer of the identity tokens of GitLab.com CI. */
export const GITLAB_ISSUER = "https://gitlab.com";

/** Whether the issuer is GitHub's for one enterprise: its own (`base`), and a single slug behind it. */
export function isEnterpriseIssuer(issuer: string, base: string = GITHUB_ISSUER): boolean {
  return issuer.startsWith(`${base}/`) && /^[A-Za-z0-9-]+$/.test(issuer.slice(base.length + 1));
}

/**
 * A workflow identity in parts: `https://host/owner/repo/<path>@<ref>`, or with `//` before the path on GitLab.
 * Path and repository may hold an `@` and so may the ref: what separates them is the first `@refs/`, for a path cannot
 * hold that, or the last `@` where a commit id follows.
 */
export interface WorkflowIdentity {
  readonly repository: string;
  readonly owner: string;
  readonly path: string;
  readonly ref: string;
}

const MAX_IDENTITY = 2048;

/** Reads the identity of a GitHub workflow or GitLab pipeline; null where it is of another form, or too long. */
export function parseWorkflowIdentity(uri: string): WorkflowIdentity | null {
  if (uri.length > MAX_IDENTITY || !uri.startsWith("https://")) return null;
  const at = uri.includes("@refs/") ? uri.indexOf("@refs/") : uri.lastIndexOf("@");
  const ref = uri.slice(at + 1);
  if (at === -1 || !/^(?:refs\/.+|[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref)) return null;
  const [host = "", ...segments] = uri.slice("https://".length, at).split("/");
  const gap = segments.indexOf("");
  const length = gap === -1 ? 2 : gap;
  const repository = segments.slice(0, length);
  const path = segments.slice(gap === -1 ? length : gap + 1);
  const onGitHub = host === "github.com" && gap !== -1;
  if (!/^[^@]+$/.test(host) || onGitHub || repository.length < 2 || path.length === 0 || path.includes("")) return null;
  const [owner, name] = [repository.slice(0, -1).join("/"), repository.at(-1) ?? ""];
  return {
    repository: `https://${host}/${owner}/${name}`,
    owner: `https://${host}/${owner}`,
    path: path.join("/"),
    ref,
  };
}

/** The owner's URI of a repository's. */
export function ownerOf(repository: string): string {
  return repository.slice(0, repository.lastIndexOf("/"));
}

/** Whether the signer is a workflow of the source repository, or of the same owner: under the tenant's control. */
export function isTenantWorkflow(signer: Extract<SignerIdentity, { kind: "certificate" }>): boolean {
  const source = signer.claims.sourceRepositoryUri;
  const workflow = parseWorkflowIdentity(signer.subject);
  if (source === undefined || workflow === null) return false;
  return workflow.repository === source || workflow.owner === ownerOf(source);
}
