/** The run that benches attest, or verify the attestations of. */
export const RELEASE = {
  repository: "acme/widget",
  ref: "refs/tags/v1.0.0",
  sha: "1".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted" as const,
  runId: "1",
};
