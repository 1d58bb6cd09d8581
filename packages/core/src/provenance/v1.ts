import { arrayAt, objectAt, stringAt } from "../strict-json.ts";
import { commitOf, readDependencies, splitGitUri } from "./dependency.ts";
import {
  builderIdOf,
  missingPath,
  PROVENANCE_V1,
  type Dependency,
  type Provenance,
  type ProvenanceSource,
} from "./form.ts";

/** SLSA provenance v1 (slsa.dev/spec/v1.2/build-provenance). `resolvedDependencies` may be absent. */
export function readV1(predicate: unknown): Provenance {
  const definition = objectAt(predicate, "buildDefinition");
  if (definition === undefined) throw missingPath("predicate.buildDefinition", PROVENANCE_V1);
  const buildType = stringAt(definition, "buildType");
  if (buildType === undefined) throw missingPath("predicate.buildDefinition.buildType", PROVENANCE_V1);
  const external = objectAt(definition, "externalParameters");
  if (external === undefined) throw missingPath("predicate.buildDefinition.externalParameters", PROVENANCE_V1);
  const builderId = builderIdOf(objectAt(objectAt(predicate, "runDetails"), "builder"));
  if (builderId === undefined) throw missingPath("predicate.runDetails.builder.id", PROVENANCE_V1);
  const metadata = objectAt(objectAt(predicate, "runDetails"), "metadata");
  const invocationId = stringAt(metadata, "invocationId");
  const startedOn = stringAt(metadata, "startedOn");
  const finishedOn = stringAt(metadata, "finishedOn");
  const resolvedDependencies = readDependencies(arrayAt(definition, "resolvedDependencies"));
  return {
    version: "1",
    builderId,
    buildType,
    source: readSource(external, objectAt(definition, "internalParameters"), resolvedDependencies),
    externalParameters: external,
    internalParameters: definition["internalParameters"] ?? null,
    resolvedDependencies,
    ...(invocationId === undefined ? {} : { invocationId }),
    ...(startedOn === undefined ? {} : { startedOn }),
    ...(finishedOn === undefined ? {} : { finishedOn }),
  };
}

/**
 * GitHub's buildTypes name the source in `externalParameters.workflow`; slsa-github-generator's delegators have it in
 * `internalParameters.GITHUB_*`; else the first git dependency is all that there is.
 */
function readSource(external: unknown, internal: unknown, dependencies: readonly Dependency[]): ProvenanceSource {
  const git = dependencies.find((entry) => entry.uri?.startsWith("git+") === true);
  const named = git?.uri === undefined ? {} : splitGitUri(git.uri);
  const commit = git === undefined ? undefined : commitOf(git.digest);
  const workflow = objectAt(external, "workflow");
  const written = stringAt(workflow, "repository");
  const repository = written === undefined ? named.repository : splitGitUri(written).repository;
  const ref = stringAt(workflow, "ref") ?? stringAt(internal, "GITHUB_REF") ?? named.ref;
  const entryPoint = stringAt(workflow, "path") ?? pathOfWorkflowRef(stringAt(internal, "GITHUB_WORKFLOW_REF"));
  return {
    ...(repository === undefined ? {} : { repository }),
    ...(ref === undefined ? {} : { ref }),
    ...(commit === undefined ? {} : { commit }),
    ...(entryPoint === undefined ? {} : { entryPoint }),
  };
}

/** `owner/repo/.github/workflows/x.yml@refs/…` → `.github/workflows/x.yml`. */
export function pathOfWorkflowRef(workflowRef: string | undefined): string | undefined {
  return workflowRef === undefined ? undefined : /^[^/@]+\/[^/@]+\/([^@]+)@/.exec(workflowRef)?.[1];
}
