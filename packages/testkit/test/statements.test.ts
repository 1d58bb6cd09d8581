import { expect, test } from "vitest";
import {
  buildNpmProvenance,
  buildNpmPublishAttestation,
  buildSlsaV02,
  toNpmPurl,
  type GitHubIdentity,
} from "../src/index.ts";

const run: GitHubIdentity = {
  repository: "acme/widget",
  repositoryId: "101",
  ownerId: "202",
  ref: "refs/tags/v1.0.0",
  sha: "a".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "42",
};
const subject = { name: "@acme/widget", version: "1.0.0", sha512: "b".repeat(128) };
const purl = "pkg:npm/%40acme/widget@1.0.0";

test("npm provenance is what the npm CLI writes on GitHub", () => {
  expect(buildNpmProvenance(subject, run)).toEqual({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: purl, digest: { sha512: subject.sha512 } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
        externalParameters: {
          workflow: {
            ref: "refs/tags/v1.0.0",
            repository: "https://github.com/acme/widget",
            path: ".github/workflows/release.yml",
          },
        },
        internalParameters: { github: { event_name: "push", repository_id: "101", repository_owner_id: "202" } },
        resolvedDependencies: [
          { uri: "git+https://github.com/acme/widget@refs/tags/v1.0.0", digest: { gitCommit: run.sha } },
        ],
      },
      runDetails: {
        builder: { id: "https://github.com/actions/runner/github-hosted" },
        metadata: { invocationId: "https://github.com/acme/widget/actions/runs/42/attempts/1" },
      },
    },
  });
});

test("npm provenance names the runner it ran on", () => {
  expect(buildNpmProvenance(subject, { ...run, runner: "self-hosted" }).predicate).toMatchObject({
    runDetails: { builder: { id: "https://github.com/actions/runner/self-hosted" } },
  });
});

test("a publish attestation names package, version and registry", () => {
  expect(buildNpmPublishAttestation(subject, "https://registry.example")).toEqual({
    _type: "https://in-toto.io/Statement/v0.1",
    subject: [{ name: purl, digest: { sha512: subject.sha512 } }],
    predicateType: "https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
    predicate: { name: "@acme/widget", version: "1.0.0", registry: "https://registry.example" },
  });
});

test("SLSA v0.2 provenance has its source as config source and material", () => {
  const builderId = "https://builder.example";
  const subjects = [{ name: "widget.tgz", digest: { sha256: "c".repeat(64) } }];
  const statement = buildSlsaV02({ subject: subjects, buildType: "https://type.example", builderId, run });
  const source = { uri: "git+https://github.com/acme/widget@refs/tags/v1.0.0", digest: { sha1: run.sha } };
  expect(statement).toMatchObject({
    _type: "https://in-toto.io/Statement/v0.1",
    subject: subjects,
    predicateType: "https://slsa.dev/provenance/v0.2",
    predicate: {
      builder: { id: builderId },
      buildType: "https://type.example",
      invocation: {
        configSource: { ...source, entryPoint: ".github/workflows/release.yml" },
        environment: { GITHUB_EVENT_NAME: "push", GITHUB_REPOSITORY_ID: "101", GITHUB_RUN_ID: "42" },
      },
      metadata: { buildInvocationId: "42-1" },
      materials: [source],
    },
  });
});

test("a purl encodes the scope's at sign alone", () => {
  expect(toNpmPurl("@acme/widget", "1.0.0-rc.1")).toBe("pkg:npm/%40acme/widget@1.0.0-rc.1");
  expect(toNpmPurl("widget", "1.0.0")).toBe("pkg:npm/widget@1.0.0");
});
