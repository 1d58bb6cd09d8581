import { describe, expect, test } from "vitest";
import { readProvenance } from "../../src/provenance/read.ts";
import type { Statement } from "../../src/statement.ts";
import { thrownBy } from "../thrown.ts";

const V0_1 = "https://slsa.dev/provenance/v0.1";
const V0_2 = "https://slsa.dev/provenance/v0.2";
const V1 = "https://slsa.dev/provenance/v1";
const WIDGET = "https://github.com/acme/widget";
const COMMIT = "1111111111111111111111111111111111111111";
const HOSTED = "https://github.com/actions/runner/github-hosted";
const SHA1 = { sha1: COMMIT };

function statement(predicateType: string, predicate: unknown): Statement {
  return { type: "https://in-toto.io/Statement/v1", subject: [{ digest: {} }], predicateType, predicate };
}

describe("readProvenance of v1", () => {
  const workflow = { ref: "refs/tags/v1.4.0", repository: WIDGET, path: ".github/workflows/release.yml" };
  const definition = {
    buildType: "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
    externalParameters: { workflow },
    internalParameters: { github: { event_name: "push" } },
    resolvedDependencies: [{ uri: `git+${WIDGET}@refs/tags/v1.4.0`, digest: { gitCommit: COMMIT } }],
  };
  const v1 = (change: Record<string, unknown> = {}, runDetails: unknown = { builder: { id: HOSTED } }): Statement =>
    statement(V1, { buildDefinition: { ...definition, ...change }, runDetails });

  test("reads a GitHub workflow's", () => {
    const metadata = {
      invocationId: `${WIDGET}/actions/runs/7/attempts/1`,
      startedOn: "2026-01-01T00:00:00Z",
      finishedOn: "2026-01-01T00:01:00Z",
    };
    expect(readProvenance(v1({}, { builder: { id: HOSTED }, metadata }))).toEqual({
      version: "1",
      builderId: HOSTED,
      buildType: definition.buildType,
      source: {
        repository: WIDGET,
        ref: "refs/tags/v1.4.0",
        commit: COMMIT,
        entryPoint: ".github/workflows/release.yml",
      },
      externalParameters: { workflow },
      internalParameters: definition.internalParameters,
      resolvedDependencies: definition.resolvedDependencies,
      ...metadata,
    });
  });

  test("leaves out what it does not hold", () => {
    const { buildType } = definition;
    const bare = statement(V1, {
      buildDefinition: { buildType, externalParameters: {} },
      runDetails: { builder: { id: HOSTED } },
    });
    expect(readProvenance(bare)).toStrictEqual({
      version: "1",
      builderId: HOSTED,
      buildType,
      source: {},
      externalParameters: {},
      internalParameters: null,
      resolvedDependencies: [],
    });
  });

  test("takes a delegator's source from its GITHUB_* fields and first git dependency", () => {
    const change = {
      externalParameters: { inputs: { artifact: "widget" }, vars: {} },
      internalParameters: {
        GITHUB_REF: "refs/tags/@acme/widget@1.0.0",
        GITHUB_WORKFLOW_REF: "acme/widget/.github/workflows/release.yml@refs/tags/@acme/widget@1.0.0",
      },
      resolvedDependencies: [
        { uri: "https://acme.example/tool.tgz", digest: { sha256: "a".repeat(64) } },
        { uri: `git+${WIDGET}@refs/heads/main`, digest: { gitCommit: COMMIT } },
        { uri: "git+https://github.com/acme/other@refs/heads/main", digest: { gitCommit: "2".repeat(40) } },
      ],
    };
    expect(readProvenance(v1(change))?.source).toEqual({
      repository: WIDGET,
      ref: "refs/tags/@acme/widget@1.0.0",
      commit: COMMIT,
      entryPoint: ".github/workflows/release.yml",
    });
  });

  test("prefers the workflow that externalParameters name to any other field", () => {
    const change = {
      internalParameters: { GITHUB_REF: "refs/heads/x", GITHUB_WORKFLOW_REF: "acme/other/x.yml@refs/heads/x" },
      resolvedDependencies: [{ uri: "git+https://github.com/acme/other@refs/heads/x", digest: SHA1 }],
    };
    expect(readProvenance(v1(change))?.source).toEqual({
      repository: WIDGET,
      ref: "refs/tags/v1.4.0",
      commit: COMMIT,
      entryPoint: ".github/workflows/release.yml",
    });
  });

  test.each<[string, string, object]>([
    ["a ref with @ and slash", `git+${WIDGET}@refs/tags/@acme/widget@1.0.0`, { ref: "refs/tags/@acme/widget@1.0.0" }],
    ["no ref", `git+${WIDGET}`, {}],
    ["a .git suffix", `git+${WIDGET}.git@refs/heads/main`, { ref: "refs/heads/main" }],
  ])("splits a git dependency with %s", (_, uri, more) => {
    const change = { externalParameters: {}, resolvedDependencies: [{ uri, digest: {} }] };
    expect(readProvenance(v1(change))?.source).toEqual({ repository: WIDGET, ...more });
  });

  test("does not take user info for the start of a ref", () => {
    const dependency = { uri: "git+https://robot@github.com/acme/widget@refs/heads/main" };
    const source = readProvenance(v1({ externalParameters: {}, resolvedDependencies: [dependency] }))?.source;
    expect(source).toEqual({ repository: "https://robot@github.com/acme/widget", ref: "refs/heads/main" });
  });

  test("leaves out dependencies and digests of another shape", () => {
    const resolvedDependencies = [null, "x", { uri: 7, digest: { sha256: 1, sha512: "b" } }, { digest: ["a"] }];
    expect(readProvenance(v1({ resolvedDependencies }))?.resolvedDependencies).toEqual([
      { digest: { sha512: "b" } },
      { digest: {} },
    ]);
    expect(readProvenance(v1({ resolvedDependencies: "x" }))?.resolvedDependencies).toEqual([]);
  });

  test.each<[string, Statement]>([
    ["predicate.buildDefinition", statement(V1, {})],
    ["predicate.buildDefinition", statement(V1, null)],
    ["predicate.buildDefinition", statement(V1, { buildDefinition: [], runDetails: { builder: { id: HOSTED } } })],
    ["predicate.buildDefinition.buildType", v1({ buildType: undefined })],
    ["predicate.buildDefinition.externalParameters", v1({ externalParameters: null })],
    ["predicate.runDetails.builder.id", v1({}, {})],
    ["predicate.runDetails.builder.id", v1({}, { builder: { id: 7 } })],
  ])("names %s where it is missing", (path, malformed) => {
    const error = thrownBy(() => readProvenance(malformed));
    expect(error.code).toBe("PREDICATE_MALFORMED");
    expect(error.message).toBe(`${path} is missing or is not what ${V1} says`);
    expect(error.hint).toContain(V1);
  });
});

describe("readProvenance of v0.2", () => {
  const body = {
    builder: { id: "https://github.com/actions/runner" },
    buildType: "https://github.com/npm/cli/gha/v2",
    invocation: {
      configSource: {
        uri: `git+${WIDGET}@refs/tags/v1.4.0`,
        digest: SHA1,
        entryPoint: "acme/widget/.github/workflows/release.yml@refs/tags/v1.4.0",
      },
      parameters: { inputs: {} },
      environment: { GITHUB_EVENT_NAME: "release" },
    },
    metadata: {
      buildInvocationId: "7-1",
      buildStartedOn: "2026-01-01T00:00:00Z",
      buildFinishedOn: "2026-01-02T00:00:00Z",
    },
    materials: [{ uri: "git+https://github.com/acme/other@refs/heads/main", digest: { sha1: "2".repeat(40) } }],
  };
  const read = (change: Record<string, unknown> = {}): ReturnType<typeof readProvenance> =>
    readProvenance(statement(V0_2, { ...body, ...change }));

  test("reads npm's", () => {
    expect(read()).toEqual({
      version: "0.2",
      builderId: body.builder.id,
      buildType: body.buildType,
      source: {
        repository: WIDGET,
        ref: "refs/tags/v1.4.0",
        commit: COMMIT,
        entryPoint: ".github/workflows/release.yml",
      },
      externalParameters: { inputs: {} },
      internalParameters: { GITHUB_EVENT_NAME: "release" },
      resolvedDependencies: body.materials,
      invocationId: "7-1",
      startedOn: "2026-01-01T00:00:00Z",
      finishedOn: "2026-01-02T00:00:00Z",
    });
  });

  test("leaves out what it does not hold", () => {
    const bare = { builder: { id: HOSTED }, buildType: "x" };
    expect(readProvenance(statement(V0_2, bare))).toStrictEqual({
      version: "0.2",
      builderId: HOSTED,
      buildType: "x",
      source: {},
      externalParameters: null,
      internalParameters: null,
      resolvedDependencies: [],
    });
  });

  test.each(["buildInvocationID", "buildInvocationId"])("finds the invocation id under %s", (key) => {
    expect(read({ metadata: { [key]: "7-1" } })).toMatchObject({ invocationId: "7-1" });
  });

  test("keeps an entry point that is a path already", () => {
    const configSource = { ...body.invocation.configSource, entryPoint: ".github/workflows/release.yml" };
    expect(read({ invocation: { configSource } })?.source.entryPoint).toBe(".github/workflows/release.yml");
  });

  test("takes the source from the first material where configSource is null", () => {
    expect(read({ invocation: { configSource: null } })?.source).toEqual({
      repository: "https://github.com/acme/other",
      ref: "refs/heads/main",
      commit: "2".repeat(40),
    });
  });

  test("takes no commit of a material for a configSource that tells none", () => {
    const configSource = { uri: `git+${WIDGET}@refs/tags/v1.4.0` };
    expect(read({ invocation: { configSource } })?.source).toEqual({ repository: WIDGET, ref: "refs/tags/v1.4.0" });
  });

  test.each<[string, Record<string, unknown>]>([
    ["predicate.builder.id", { builder: undefined }],
    ["predicate.builder.id", { builder: { id: null } }],
    ["predicate.buildType", { buildType: undefined }],
  ])("names %s where it is missing", (path, change) => {
    const error = thrownBy(() => read(change));
    expect(error).toMatchObject({ code: "PREDICATE_MALFORMED" });
    expect(error.message).toBe(`${path} is missing or is not what ${V0_2} says`);
  });
});

describe("readProvenance of v0.1", () => {
  const body = {
    builder: { id: HOSTED },
    recipe: {
      type: "https://github.com/Attestations/GitHubActionsWorkflow@v1",
      definedInMaterial: 1,
      entryPoint: "release",
      arguments: { a: 1 },
      environment: { b: 2 },
    },
    metadata: { buildInvocationId: "7", buildStartedOn: "2026-01-01T00:00:00Z" },
    materials: [
      { uri: "git+https://github.com/acme/other", digest: { sha1: "2".repeat(40) } },
      { uri: `git+${WIDGET}@refs/heads/main`, digest: SHA1 },
    ],
  };
  const read = (change: Record<string, unknown> = {}): ReturnType<typeof readProvenance> =>
    readProvenance(statement(V0_1, { ...body, ...change }));

  test("takes the source from the material that the recipe was defined in", () => {
    expect(read()).toEqual({
      version: "0.1",
      builderId: HOSTED,
      buildType: body.recipe.type,
      source: { repository: WIDGET, ref: "refs/heads/main", commit: COMMIT, entryPoint: "release" },
      externalParameters: { a: 1 },
      internalParameters: { b: 2 },
      resolvedDependencies: body.materials,
      invocationId: "7",
      startedOn: "2026-01-01T00:00:00Z",
    });
  });

  test.each([undefined, null, "1", 7, -1, 0.5])("takes the first material where definedInMaterial is %j", (index) => {
    const recipe = { type: "x", definedInMaterial: index };
    expect(read({ recipe })?.source).toEqual({
      repository: "https://github.com/acme/other",
      commit: "2".repeat(40),
    });
  });

  test.each<[string, Record<string, unknown>]>([
    ["predicate.builder.id", { builder: {} }],
    ["predicate.recipe.type", { recipe: undefined }],
    ["predicate.recipe.type", { recipe: { type: 1 } }],
  ])("names %s where it is missing", (path, change) => {
    const error = thrownBy(() => read(change));
    expect(error).toMatchObject({ code: "PREDICATE_MALFORMED" });
    expect(error.message).toBe(`${path} is missing or is not what ${V0_1} says`);
  });
});

// field case predicate-body-of-other-version
describe("readProvenance of a body of another version", () => {
  const v02 = {
    builder: { id: `${WIDGET}/.github/workflows/release.yml@refs/tags/v1.4.0` },
    buildType: "https://acme.example/build",
    invocation: { configSource: null },
    materials: [{ uri: `git+${WIDGET}` }],
  };
  const v1 = {
    buildDefinition: { buildType: "x", externalParameters: {} },
    runDetails: { builder: { id: HOSTED } },
  };

  test.each<[string, string, unknown, string]>([
    ["v0.2 under v1", V1, v02, "predicate.buildDefinition is missing"],
    ["v1 under v0.2", V0_2, v1, "predicate.builder.id is missing"],
    ["v1 under v0.1", V0_1, v1, "predicate.builder.id is missing"],
    ["v0.2 under v0.1", V0_1, v02, "predicate.recipe.type is missing"],
  ])("refuses %s with the first path that is missing", (_, type, body, why) => {
    const error = thrownBy(() => readProvenance(statement(type, body)));
    expect(error.code).toBe("PREDICATE_MALFORMED");
    expect(error.message).toContain(why);
  });

  test("reads the same body under its own type, materials without digest included", () => {
    expect(readProvenance(statement(V0_2, v02))).toMatchObject({
      builderId: v02.builder.id,
      source: { repository: WIDGET },
      resolvedDependencies: [{ uri: `git+${WIDGET}`, digest: {} }],
    });
  });
});

test.each([
  "https://slsa.dev/provenance/v1.0",
  "https://slsa.dev/provenance/v1/",
  "https://slsa.dev/verification_summary/v1",
  "https://spdx.dev/Document",
  "",
])("readProvenance answers null for the predicate type %j", (type) => {
  expect(readProvenance(statement(type, null))).toBeNull();
});
