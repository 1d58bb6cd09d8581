import type { GitHubIdentity, SigstoreBundle } from "@colophon/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  A,
  ARTIFACT,
  B,
  COMMIT,
  hash,
  HOSTED,
  openFieldCases,
  provenanceOf,
  RUN,
  SUBJECT,
  told,
  type FieldCases,
} from "./field-case.ts";

// Faults that people met with SLSA provenance and in-toto statements, each as a small input with the right outcome.

let cases: FieldCases;
beforeAll(async () => {
  cases = await openFieldCases();
});
afterAll(async () => {
  await cases.close();
});

async function attest(statement: object, identity: GitHubIdentity = RUN): Promise<SigstoreBundle> {
  return await cases.sigstore.attest({ statement, identity });
}

describe("predicate-body-of-other-version", () => {
  const V1 = "https://slsa.dev/provenance/v1";
  const V0_2 = "https://slsa.dev/provenance/v0.2";
  const BUILDER = "https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v1.4.0";
  const BUILD_TYPE = "https://acme.example/build";
  /** A body of v0.2, as it was found under v1. */
  const older = {
    builder: { id: BUILDER },
    buildType: BUILD_TYPE,
    invocation: { configSource: null },
    materials: [{ uri: "git+https://github.com/acme/widget" }],
  };
  const definition = { buildType: BUILD_TYPE, externalParameters: {} };
  const details = { builder: { id: HOSTED } };
  const newer = { buildDefinition: definition, runDetails: details };
  const nothing = { resolvedDependencies: null, internalParameters: null };
  const ROWS: readonly (readonly [string, string, unknown, string])[] = [
    ["the case", V1, older, "predicate.buildDefinition is missing"],
    ["the same body under v0.2", V0_2, older, ""],
    ["v1 without resolvedDependencies", V1, newer, ""],
    // Of the same kind.
    ["a body of v1 under v0.2", V0_2, newer, "predicate.builder.id is missing"],
    [
      "v1 with null for what may be absent",
      V1,
      { buildDefinition: { ...definition, ...nothing }, runDetails: { ...details, metadata: null } },
      "",
    ],
    ["v1 with both bodies", V1, { ...older, ...newer }, ""],
    [
      "v1 with null for its parameters",
      V1,
      { ...newer, buildDefinition: { ...definition, externalParameters: null } },
      "predicate.buildDefinition.externalParameters is missing",
    ],
    [
      "v1 with null for its builder",
      V1,
      { ...newer, runDetails: { builder: null } },
      "predicate.runDetails.builder.id is missing",
    ],
    ["v1 with null for all", V1, null, "predicate.buildDefinition is missing"],
    ["v0.2 without invocation, metadata and materials", V0_2, { builder: { id: HOSTED }, buildType: BUILD_TYPE }, ""],
    [
      "v0.2 with null for these",
      V0_2,
      { ...older, invocation: null, metadata: null, materials: [null, { uri: null, digest: null }] },
      "",
    ],
    ["v0.2 without buildType", V0_2, { ...older, buildType: undefined }, "predicate.buildType is missing"],
  ];
  const certified = { repository: "https://github.com/acme/widget", ref: "refs/tags/v1.4.0", commit: COMMIT };

  async function make([, predicateType, predicate]: (typeof ROWS)[number]): Promise<SigstoreBundle> {
    return await attest({ _type: "https://in-toto.io/Statement/v1", subject: SUBJECT, predicateType, predicate });
  }

  test("coverage names the first path that is missing, and shows what the certificate tells", async () => {
    const covered = await cases.cover(await Promise.all(ROWS.map(make)));
    const outcomes = ROWS.map(([title, , , missing]) =>
      missing === "" ? [title, "verified", ""] : [title, "present predicate-type predicate-malformed", missing],
    );
    expect(
      covered.map((one, index) => [ROWS[index]?.[0], told(one), one.reason?.message.split(" or ")[0] ?? ""]),
    ).toEqual(outcomes);
    expect(covered.map(({ source }) => source)).toEqual(ROWS.map(() => certified));
  });

  test.concurrent.for(ROWS.slice(0, 3))("%s, by verify", async (row, { expect: expectHere }) => {
    const [, , , missing] = row;
    const { code, result } = await cases.verify(await make(row));
    expectHere(result.source).toEqual(certified);
    expectHere(result.workflow).toBe(".github/workflows/release.yml");
    if (missing === "") return expectHere([code, told(result), result.level]).toEqual([0, "verified", 2]);
    expectHere([code, told(result)]).toEqual([1, "present predicate-type predicate-malformed"]);
    expectHere(result.failure?.message).toContain(missing);
    expectHere([result.builder, result.level]).toEqual([null, null]);
    expectHere(JSON.stringify(result)).not.toContain(BUILD_TYPE);
  });
});

describe("statement-subjects", () => {
  const S = hash("sha512", "alpha\n");
  const NAME = ARTIFACT;
  const sha1 = { sha1: "d046cd9b7ffb7661e449683313d41f6fc33e3130" };
  const many = Array.from({ length: 1000 }, (_, index) => ({
    name: `file-${index}`,
    digest: { sha256: hash("sha256", `${index}`) },
  }));
  const named = (...digests: unknown[]): object[] => digests.map((digest) => ({ name: NAME, digest }));
  const MATCHES: readonly (readonly [string, unknown])[] = [
    [
      "second",
      [
        { name: "other", digest: { sha256: B } },
        { name: NAME, digest: { sha256: A } },
      ],
    ],
    ["upper case", named({ sha256: A.toUpperCase() })],
    ["no name", [{ digest: { sha256: A } }]],
    ["underscore", [{ name: "_", digest: { sha256: A } }]],
    ["other name", [{ name: "quite-else.zip", digest: { sha256: A } }]],
    ["twice", named({ sha256: A }, { sha256: A })],
    ["one name, two digests", named({ sha256: B }, { sha256: A })],
    ["unknown algorithm beside", named({ "acme-tree": "x", sha256: A })],
    ["sha512 only", named({ sha512: S })],
    // Of the same kind.
    ["sha384 only", named({ sha384: hash("sha384", "alpha\n") })],
    ["last of 1,001", [...many, { name: NAME, digest: { sha256: A } }]],
    ["null beside", named({ sha512: null, "acme-tree": null, sha256: A })],
    [
      "no digest beside",
      [
        { name: NAME, digest: null },
        { name: NAME, digest: { sha256: A } },
      ],
    ],
    ["the purl of a package", [{ name: "pkg:npm/other@1.0.0", digest: { sha256: A } }]],
  ];
  const NOT_FOUND = "mismatch subject subject-not-found";
  const WEAK = "present subject subject-digest-weak";
  const MALFORMED = "present statement statement-malformed";
  const OTHERS: readonly (readonly [string, unknown, string])[] = [
    ["sha1 only", named(sha1), WEAK],
    ["gitCommit only", named({ gitCommit: "0123456789012345678901234567890123456789" }), NOT_FOUND],
    ["no digest", named({}), NOT_FOUND],
    ["empty", [], MALFORMED],
    ["absent", undefined, MALFORMED],
    ["prefix", named({ sha256: A.slice(0, 32) }), NOT_FOUND],
    // Of the same kind.
    ["sha1 under another name", [{ name: "x", digest: sha1 }], WEAK],
    ["an algorithm in capitals", named({ SHA256: A }), NOT_FOUND],
    ["base64", named({ sha256: Buffer.from(A, "hex").toString("base64") }), NOT_FOUND],
    ["null", null, MALFORMED],
    ["no list", { 0: named({ sha256: A })[0] }, MALFORMED],
    ["null in the list", [null, ...named({ sha256: A })], MALFORMED],
    ["a digest that is no text", named({ sha256: 7 }), MALFORMED],
    ["a thousand others", many, NOT_FOUND],
  ];
  const make = async (subject: unknown): Promise<SigstoreBundle> => await attest({ ...provenanceOf(), subject });

  test("any subject with an acceptable digest of the artifact matches", async () => {
    const { code, result } = await cases.verifyAny(await Promise.all(MATCHES.map(([, subject]) => make(subject))));
    expect([code, told(result), result.warnings]).toEqual([0, "verified", []]);
    expect(result.evidence.map(({ verdict }, index) => [MATCHES[index]?.[0], verdict])).toEqual(
      MATCHES.map(([title]) => [title, "verified"]),
    );
  });

  test("algorithms that disagree are a warning, not a refusal", async () => {
    const { code, result } = await cases.verify(await make(named({ sha256: A, sha512: hash("sha512", "beta\n") })));
    expect([code, told(result)]).toEqual([0, "verified"]);
    expect(result.warnings).toMatchObject([{ code: "subject-digests-disagree" }]);
  });

  test.concurrent.for(OTHERS.slice(0, 7))(
    "%s does not match, by verify",
    async ([, subject, outcome], { expect: expectHere }) => {
      const { code, result } = await cases.verify(await make(subject));
      expectHere([code, told(result)]).toEqual([1, outcome]);
    },
  );

  test("nor in coverage, of an attestation that is filed under the object", async () => {
    const covered = await cases.cover(await Promise.all(OTHERS.map(([, subject]) => make(subject))));
    expect(covered.map((object, index) => [OTHERS[index]?.[0], told(object)])).toEqual(
      OTHERS.map(([title, , outcome]) => [title, outcome]),
    );
    expect(covered.at(-1)?.reason).toMatchObject({ actual: "file-0, file-1, file-2 and 997 more" });
  });

  test("npm's purl has the name count too", async () => {
    const other = [{ name: "pkg:npm/widget@9.9.9", digest: { sha256: A } }];
    const covered = await cases.cover(await Promise.all([SUBJECT, other, named({ sha256: A })].map(make)));
    expect(covered.map(told)).toEqual([
      "verified",
      "mismatch package-version package-version-differs",
      "mismatch package-name package-name-differs",
    ]);
  });

  test.concurrent.for([
    ["@acme/widget", "1.4.0", 0, "verified"],
    ["widget", "1.4.0", 1, "mismatch package-name package-name-differs"],
    ["@acme/widget", "1.4.1", 1, "mismatch package-version package-version-differs"],
  ] as const)("and so it does where %s %s is asked for", async (row, { expect: expectHere }) => {
    const [name, version, exit, outcome] = row;
    const bundle = await make([{ name: "pkg:npm/%40acme/widget@1.4.0", digest: { sha256: A } }]);
    const { code, result } = await cases.verify(bundle, "--package-name", name, "--package-version", version);
    expectHere([code, told(result)]).toEqual([exit, outcome]);
  });
});

// What the tag's commit is, only its host can tell: the warning `built-from-other-commit` is no matter of this file.
describe("tag-and-source-commit-differ", () => {
  const OTHER_COMMIT = "2".repeat(40);
  const make = async (sha: string): Promise<SigstoreBundle> => {
    const run: GitHubIdentity = { ...RUN, ref: "refs/heads/main", sha, trigger: "workflow_dispatch" };
    return await attest(provenanceOf(run), run);
  };
  const REF_DIFFERS = "mismatch source-ref source-ref-differs";
  const configFor = async (sourceRef: string): Promise<string> =>
    await cases.write({ trust: { trustedRoot: "trusted-root.json" }, expect: { sourceRef } }, "tags.config.json");

  const makeBoth = async (): Promise<SigstoreBundle[]> => [await make(COMMIT), await make(OTHER_COMMIT)];

  test("without an expectation of refs both verify, and show their commits", async () => {
    const covered = await cases.cover(await makeBoth());
    expect(covered.map((object) => [told(object), object.source?.ref, object.source?.commit])).toEqual([
      ["verified", "refs/heads/main", COMMIT],
      ["verified", "refs/heads/main", OTHER_COMMIT],
    ]);
    const { code, result } = await cases.verify(await make(OTHER_COMMIT));
    expect([code, result.source?.commit]).toEqual([0, OTHER_COMMIT]);
  });

  test("with one neither does, in coverage", async () => {
    const covered = await cases.cover(await makeBoth(), "--config", await configFor("refs/tags/*"));
    expect(covered.map(told)).toEqual([REF_DIFFERS, REF_DIFFERS]);
  });

  test.concurrent.for<readonly [string, () => Promise<string>]>([
    ["--source-ref", async () => "refs/tags/v1.4.0"],
    ["--source-tag", async () => "v1.4.0"],
    ["--config", async () => await configFor("refs/tags/*")],
  ])("nor by verify with %s", async ([option, toValue], { expect: expectHere }) => {
    const { code, result } = await cases.verifyAny(await makeBoth(), option, await toValue());
    expectHere([code, told(result), result.failure?.actual]).toEqual([1, REF_DIFFERS, "refs/heads/main"]);
    expectHere(result.evidence.map(({ verdict }) => verdict)).toEqual(["source-ref", "source-ref"]);
  });

  test("the tag's commit tells one from the other, in either case of its digits", async () => {
    const [built, other] = [await make("abcdef01".repeat(5)), await make(OTHER_COMMIT)];
    const digest = ["--source-digest", "ABCDEF01".repeat(5)];
    expect(await cases.verify(built, ...digest)).toMatchObject({ code: 0, result: { status: "verified" } });
    const { code, result } = await cases.verify(other, ...digest);
    expect([code, told(result)]).toEqual([1, "mismatch source-digest source-digest-differs"]);
    expect(result.failure).toMatchObject({ expected: "abcdef01".repeat(5), actual: OTHER_COMMIT });
  });
});
