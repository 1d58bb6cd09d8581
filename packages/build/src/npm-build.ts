import { objectAt, stringAt, type BuildDescription } from "@colophon/core";
import { GITHUB_SERVER } from "./identity/issuer.ts";

const BUILD_TYPE = "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1";

/**
 * The same build as the npm CLI describes it (libnpmpublish; slsa-framework.github.io/github-actions-buildtypes,
 * workflow/v1), which is all that npm's public registry takes: it compares it claim by claim, so nothing is added.
 * Null for builds elsewhere than on github.com.
 */
export function toNpmBuild(description: BuildDescription): BuildDescription | null {
  const { platform, buildDefinition, runDetails, source } = description;
  if (platform !== "github-actions" || source?.repository.startsWith(`${GITHUB_SERVER}/`) !== true) return null;
  const github = objectAt(buildDefinition.internalParameters, "github");
  const [event_name, repository_id, repository_owner_id, runner] = [
    "event_name",
    "repository_id",
    "repository_owner_id",
    "runner_environment",
  ].map((name) => stringAt(github, name));
  return {
    ...description,
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: buildDefinition.externalParameters,
      internalParameters: { github: { event_name, repository_id, repository_owner_id } },
      resolvedDependencies: buildDefinition.resolvedDependencies.slice(0, 1),
    },
    runDetails: { ...runDetails, builder: { id: `https://github.com/actions/runner/${runner}` } },
  };
}
