import type { BuildDescription, IdentityToken, Warning } from "@colophon/core";
import { BuildError } from "../error.ts";
import { variable, type Env } from "../platform.ts";
import type { Checkout } from "./git-facts.ts";

/** Documented in docs/buildtypes/local-v1.md. */
const BUILD_TYPE = "urn:colophon:buildtype:local-v1";
const BUILDER = "urn:colophon:builder:local-v1";

/** Claims that only the tokens of a CI job have, and the variable by which that CI is known. */
const OF_A_JOB = [
  ["job_workflow_ref", "GITHUB_ACTIONS"],
  ["pipeline_id", "GITLAB_CI"],
] as const;

/**
 * A build on a machine that is no known build platform: what the checkout tells, and nothing of machine or user.
 * Throws `environment-differs` for the token of a CI job, which speaks for another build than this.
 */
export function describeLocal(env: Env, checkout: Checkout, token?: IdentityToken): BuildDescription {
  refuseJobToken(env, token);
  const { repository, ref, commit } = checkout;
  const source = repository !== undefined && commit !== undefined && { repository, ...(ref && { ref }), commit };
  return {
    platform: "local",
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: source === false ? {} : { source: { repository: source.repository, ...(ref && { ref }) } },
      resolvedDependencies: commit === undefined ? [] : [{ ...uriOf(repository, ref), digest: { gitCommit: commit } }],
    },
    runDetails: { builder: { id: BUILDER }, metadata: {} },
    ...(source !== false && { source }),
    visibility: "unknown",
    level: 1,
    warnings: warningsOfLocal(env, source !== false),
  };
}

function uriOf(repository: string | undefined, ref: string | undefined): { uri?: string; name?: string } {
  if (repository === undefined) return { name: "source" };
  return { uri: `git+${repository}${ref === undefined ? "" : `@${ref}`}` };
}

function refuseJobToken(env: Env, token: IdentityToken | undefined): void {
  for (const [claim, name] of OF_A_JOB) {
    if (typeof token?.claims[claim] !== "string" || env[name] === "true") continue;
    throw new BuildError("environment-differs", `the identity token is of a CI job, but ${name} is not "true" here`, {
      hint: "Hand on the CI's variables along with the token, or use a token of your own.",
    });
  }
}

function warningsOfLocal(env: Env, sourced: boolean): Warning[] {
  const where = variable(env, "CI") === undefined ? "a local machine" : "a CI that is not known";
  const message = `built on ${where}: SLSA Build level 1, for nothing but the signer's word vouches for it`;
  const warnings: Warning[] = [{ code: "local-build", message }];
  if (!sourced) {
    warnings.push({
      code: "no-source",
      message: "no commit of a repository that others can find: no source is claimed",
    });
  }
  return warnings;
}
