import { toGitHubClaims, type GitHubIdentity } from "./sigstore/identity.ts";

/** A subject of an in-toto statement. */
export interface Subject {
  readonly name: string;
  readonly digest: Readonly<Record<string, string>>;
}

/** An in-toto statement. */
export interface Statement {
  readonly _type: string;
  readonly subject: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: object;
}

/** A version of an npm package and the SHA-512 of its tarball, in hex. */
export interface NpmSubject {
  readonly name: string;
  readonly version: string;
  readonly sha512: string;
}

const STATEMENT_V01 = "https://in-toto.io/Statement/v0.1";
const STATEMENT_V1 = "https://in-toto.io/Statement/v1";
const SLSA_V02 = "https://slsa.dev/provenance/v0.2";
const SLSA_V1 = "https://slsa.dev/provenance/v1";
const NPM_PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";

/** The provenance that the npm CLI writes on GitHub Actions: Statement v1, SLSA v1, one subject by purl and SHA-512. */
export function buildNpmProvenance(subject: NpmSubject, run: GitHubIdentity): Statement {
  return buildSlsaV1({
    subject: [toNpmSubject(subject)],
    buildType: "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
    builderId: `https://github.com/actions/runner/${run.runner}`,
    run,
  });
}

/** The attestation of publishing that an npm registry signs with its own key (npm publish v0.1). */
export function buildNpmPublishAttestation(subject: NpmSubject, registry: string): Statement {
  return {
    _type: STATEMENT_V01,
    subject: [toNpmSubject(subject)],
    predicateType: NPM_PUBLISH,
    predicate: { name: subject.name, version: subject.version, registry },
  };
}

/** What a build on GitHub Actions says of itself. */
export interface GitHubBuild {
  readonly subject: readonly Subject[];
  readonly buildType: string;
  readonly builderId: string;
  readonly run: GitHubIdentity;
}

/** SLSA provenance v1 of a run of a GitHub workflow, in a Statement v1. */
export function buildSlsaV1({ subject, buildType, builderId, run }: GitHubBuild): Statement {
  const { claims, repository, source } = describeRun(run);
  const predicate = {
    buildDefinition: {
      buildType,
      externalParameters: { workflow: { ref: run.ref, repository, path: run.workflow } },
      internalParameters: {
        github: {
          event_name: run.trigger,
          repository_id: claims["repository_id"],
          repository_owner_id: claims["repository_owner_id"],
        },
      },
      resolvedDependencies: [{ uri: source, digest: { gitCommit: run.sha } }],
    },
    runDetails: {
      builder: { id: builderId },
      metadata: { invocationId: `${repository}/actions/runs/${run.runId}/attempts/1` },
    },
  };
  return { _type: STATEMENT_V1, subject, predicateType: SLSA_V1, predicate };
}

/** SLSA provenance v0.2 of a run of a GitHub workflow, in a Statement v0.1. */
export function buildSlsaV02({ subject, buildType, builderId, run }: GitHubBuild): Statement {
  const { claims, source } = describeRun(run);
  const predicate = {
    builder: { id: builderId },
    buildType,
    invocation: {
      configSource: { uri: source, digest: { sha1: run.sha }, entryPoint: run.workflow },
      parameters: {},
      environment: {
        GITHUB_EVENT_NAME: run.trigger,
        GITHUB_REF: run.ref,
        GITHUB_REPOSITORY: run.repository,
        GITHUB_REPOSITORY_ID: claims["repository_id"],
        GITHUB_REPOSITORY_OWNER_ID: claims["repository_owner_id"],
        GITHUB_RUN_ATTEMPT: "1",
        GITHUB_RUN_ID: run.runId,
        GITHUB_SHA: run.sha,
        GITHUB_WORKFLOW_REF: claims["workflow_ref"],
        GITHUB_WORKFLOW_SHA: run.sha,
      },
    },
    metadata: {
      buildInvocationId: `${run.runId}-1`,
      completeness: { parameters: false, environment: false, materials: false },
      reproducible: false,
    },
    materials: [{ uri: source, digest: { sha1: run.sha } }],
  };
  return { _type: STATEMENT_V01, subject, predicateType: SLSA_V02, predicate };
}

/** The purl of an npm version, as npm writes it: the scope's `@` encoded, its slash not. */
export function toNpmPurl(name: string, version: string): string {
  return `pkg:npm/${name.replace(/^@/u, "%40")}@${version}`;
}

function toNpmSubject({ name, version, sha512 }: NpmSubject): Subject {
  return { name: toNpmPurl(name, version), digest: { sha512 } };
}

function describeRun(run: GitHubIdentity): {
  claims: Readonly<Record<string, string>>;
  repository: string;
  source: string;
} {
  const repository = `https://github.com/${run.repository}`;
  return { claims: toGitHubClaims(run), repository, source: `git+${repository}@${run.ref}` };
}
