/** Claims of GitHub's tokens by Fulcio's extension; `{{ }}` is a template over claims, a bare word a claim's name. */
const EXTENSIONS = {
  "github-workflow-trigger": "event_name",
  "github-workflow-sha": "sha",
  "github-workflow-name": "workflow",
  "github-workflow-repository": "repository",
  "github-workflow-ref": "ref",
  "runner-environment": "runner_environment",
  "build-signer-uri": "{{ .url }}/{{ .job_workflow_ref }}",
  "build-signer-digest": "job_workflow_sha",
  "build-config-uri": "{{ .url }}/{{ .workflow_ref }}",
  "build-config-digest": "workflow_sha",
  "build-trigger": "event_name",
  "source-repository-uri": "{{ .url }}/{{ .repository }}",
  "source-repository-digest": "sha",
  "source-repository-ref": "ref",
  "source-repository-identifier": "repository_id",
  "source-repository-owner-uri": "{{ .url }}/{{ .repository_owner }}",
  "source-repository-owner-identifier": "repository_owner_id",
  "source-repository-visibility-at-signing": "repository_visibility",
  "run-invocation-uri": "{{ .url }}/{{ .repository }}/actions/runs/{{ .run_id }}/attempts/{{ .run_attempt }}",
};

/** Fulcio's configuration, YAML: issuers whose tokens have the claims of GitHub's. */
export function buildFulcioConfig(issuers: readonly string[]): string {
  const entries = issuers.map((url) => [
    url,
    {
      "issuer-url": url,
      "client-id": "sigstore",
      type: "ci-provider",
      "ci-provider": "github-workflow",
      contact: "nobody@example.test",
      description: "loopback",
    },
  ]);
  // Plain JSON would be read as the older configuration, with other names.
  return `---\n${JSON.stringify({
    "oidc-issuers": Object.fromEntries(entries) as object,
    "ci-issuer-metadata": {
      "github-workflow": {
        "default-template-values": { url: "https://github.com" },
        "subject-alternative-name-template": "{{ .url }}/{{ .job_workflow_ref }}",
        "extension-templates": EXTENSIONS,
      },
    },
  })}\n`;
}
