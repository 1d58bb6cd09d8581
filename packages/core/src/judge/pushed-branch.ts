import type { Provenance } from "../provenance/form.ts";
import { objectAt, stringAt } from "../strict-json.ts";

/**
 * The branch that a pushed tag was on: `base_ref` of GitHub's push event, which the generators of
 * slsa-github-generator record (v0.2 `invocation.environment`, v1 `internalParameters`). Only an isolated builder is
 * believed: elsewhere the project's own steps could have written it.
 */
export function readPushedBranch(provenance: Provenance | null, level: number | null): { readonly branch?: string } {
  if (provenance === null || level === null || level < 3) return {};
  const { internalParameters } = provenance;
  const event =
    objectAt(internalParameters, "github_event_payload") ?? objectAt(internalParameters, "GITHUB_EVENT_PAYLOAD");
  const branch = stringAt(event, "base_ref");
  return branch?.startsWith("refs/heads/") === true ? { branch } : {};
}
