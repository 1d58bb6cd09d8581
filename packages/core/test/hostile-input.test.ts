import { assertNoPollution, damagedBytes, hostileJson, mutatedJson } from "@colophon/testkit/hostile";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  CoreError,
  digestsFromIntegrity,
  isPublishType,
  parseObjectReference,
  parsePurl,
  parseStatement,
  parseStrictJson,
  readProvenance,
  readPublishAttestation,
  readVerificationSummary,
} from "../src/index.ts";
import { holdsLevel } from "../src/vsa.ts";

const PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0";
const A = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";

const builder = { id: "https://github.com/actions/runner/github-hosted" };
const materials = [
  { uri: "pkg:docker/alpine@3", digest: { sha256: A } },
  { uri: "git+https://github.com/acme/widget@refs/tags/v1.4.0", digest: { sha1: "1".repeat(40) } },
];
const metadata = {
  buildInvocationId: "1-1",
  buildStartedOn: "2026-01-01T00:00:00Z",
  completeness: { materials: true },
};
const PREDICATES: Readonly<Record<string, unknown>> = {
  "https://slsa.dev/provenance/v1": {
    buildDefinition: {
      buildType: "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
      externalParameters: {
        workflow: { ref: "refs/tags/v1.4.0", repository: "https://github.com/acme/widget", path: "x" },
      },
      internalParameters: { github: { event_name: "push" }, GITHUB_WORKFLOW_REF: "acme/widget/x.yml@refs/tags/v1" },
      resolvedDependencies: materials,
    },
    runDetails: { builder, metadata: { invocationId: "1", startedOn: "2026-01-01T00:00:00Z" } },
  },
  "https://slsa.dev/provenance/v0.2": {
    builder,
    buildType: "https://github.com/npm/cli/gha/v2",
    invocation: { configSource: { ...materials[1], entryPoint: "x.yml" }, parameters: {}, environment: {} },
    metadata,
    materials,
  },
  "https://slsa.dev/provenance/v0.1": {
    builder,
    recipe: { type: "https://acme.example/recipe", definedInMaterial: 1, entryPoint: "make", arguments: {} },
    metadata,
    materials,
  },
  "https://slsa.dev/verification_summary/v1": {
    verifier: { id: "https://verifier.example" },
    resourceUri: "pkg:npm/widget@1.4.0",
    verificationResult: "PASSED",
    verifiedLevels: ["SLSA_BUILD_LEVEL_3"],
  },
  [`${PUBLISH}.1`]: {
    name: "widget",
    version: "1.4.0",
    registry: "https://registry.example",
  },
};

function statementOf(predicateType: string): object {
  const subject = [{ name: "widget", digest: { sha256: A, gitCommit: "1".repeat(40) } }];
  return { _type: "https://in-toto.io/Statement/v1", subject, predicateType, predicate: PREDICATES[predicateType] };
}

/** What all readers of a statement make of a text: values, or this package's error with a short message. */
function readAll(text: string): void {
  for (const reader of [readProvenance, readVerificationSummary, readPublishAttestation]) {
    assertTame(() => reader(parseStatement(text)));
  }
}

function assertTame(call: () => unknown): void {
  try {
    assertNoPollution(call());
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    expect(error.message.length).toBeLessThan(1000);
  }
}

test.each(Object.keys(PREDICATES))("every mutation of a statement with %s is read or refused", (predicateType) => {
  fc.assert(fc.property(mutatedJson(statementOf(predicateType)), readAll), { numRuns: 200 });
});

test("JSON of any kind, and bytes that were some once, are read or refused", () => {
  const whole = Buffer.from(JSON.stringify(statementOf("https://slsa.dev/provenance/v0.2")));
  const text = damagedBytes(whole).map((bytes) => Buffer.from(bytes).toString("utf8"));
  fc.assert(fc.property(fc.oneof(hostileJson, text), readAll), { numRuns: 400 });
});

const PIECE = fc.oneof(
  fc.constantFrom(
    ..."pkg: npm: oci-layout: sha256: sha512- oci:// @ / # ? = & %2F %00 %2e%2e %C3%28 .. \\ : *".split(" "),
  ),
  fc.constantFrom("\ud800", "\u202e", "\u0000", "\n", " ", "é", "__proto__", A, `${"A".repeat(86)}==`),
  fc.string({ maxLength: 3 }),
);

test.each<[string, (text: string) => unknown]>([
  ["purl", (text) => parsePurl(`pkg:${text}`)],
  ["reference", parseObjectReference],
  ["reference to anything", (text) => parseObjectReference(text, "any")],
  ["integrity", digestsFromIntegrity],
  ["JSON", (text) => parseStrictJson(text, "the answer")],
])("any text is read or refused as a %s", (_, read) => {
  const text = fc.array(PIECE, { maxLength: 10 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(text, (written) => assertTame(() => read(written))),
    { numRuns: 500 },
  );
});

const MB = 1024 * 1024;
const [LONG, OTHER] = ["a", "b"].map((hex) => `sha512-${Buffer.from(hex.repeat(128), "hex").toString("base64")}`);
const statement = (change: object): string =>
  JSON.stringify({ ...statementOf("https://slsa.dev/provenance/v1"), ...change });
const sourceOfV01 = (definedInMaterial: string, list: readonly unknown[] = materials): unknown => {
  const type = "https://slsa.dev/provenance/v0.1";
  const { recipe, ...rest } = PREDICATES[type] as { recipe: object };
  const text = JSON.stringify({ ...statementOf(type), predicate: { ...rest, materials: list, recipe } });
  return readProvenance(parseStatement(text.replace(/(?<="definedInMaterial":)1/, definedInMaterial)))?.source
    .repository;
};
const [IMAGE, GIT] = materials;
const FORK = { uri: "git+https://github.com/mallory/widget", digest: {} };

// Each has its outcome, and none may take longer than the whole test may.
test.each<[string, () => unknown, unknown]>([
  ["a hundred thousand levels", () => parseStatement("[".repeat(100_000)), "JSON_INVALID"],
  ["a level for each of 65 objects", () => parseStatement(`${'{"a":'.repeat(65)}1${"}".repeat(65)}`), "JSON_INVALID"],
  ["a million subjects", () => parseStatement(statement({ subject: Array(1_000_000).fill(0) })), "STATEMENT_MALFORMED"],
  ["a type of 10 MB", () => parseStatement(statement({ predicateType: "x".repeat(10 * MB) })).subject.length, 1],
  ["a number that is too large", () => sourceOfV01("1e999"), "https://github.com/acme/widget"],
  ["an index before the start", () => sourceOfV01("-1", [FORK, GIT]), "https://github.com/mallory/widget"],
  ["an index between two", () => sourceOfV01("0.5", [FORK, GIT]), "https://github.com/mallory/widget"],
  ["an index of text", () => sourceOfV01('"1"', [FORK, GIT]), "https://github.com/mallory/widget"],
  ["an index behind what is no material", () => sourceOfV01("2", [null, FORK, GIT]), "https://github.com/acme/widget"],
  ["an index of what is no material", () => sourceOfV01("0", [null, IMAGE, GIT]), "https://github.com/acme/widget"],
  ["versions without end", () => isPublishType(`${PUBLISH}${".1".repeat(8 * MB)}`), false],
  ["words without end", () => holdsLevel([`SLSA_A${"_A".repeat(8 * MB)}`], "SLSA_BUILD_LEVEL_1"), false],
  ["two values of one algorithm", () => digestsFromIntegrity(`${LONG} ${OTHER}`), {}],
  ["the same value twice", () => digestsFromIntegrity(`${LONG}?a ${LONG}?b`), { sha512: "a".repeat(128) }],
  ["three values, two of them the same", () => digestsFromIntegrity(`${LONG} ${OTHER} ${LONG}`), {}],
  ["base64 of 16 MB", () => digestsFromIntegrity(`sha512-${"A".repeat(16 * MB)}`), {}],
  ["ten thousand values", () => Object.keys(digestsFromIntegrity(`${LONG} `.repeat(10_000))), ["sha512"]],
  ["a slash that is encoded", () => parsePurl("pkg:npm/a%2Fb@1"), "PURL_INVALID"],
  ["an encoded NUL", () => parsePurl("pkg:npm/a@1%00"), "PURL_INVALID"],
  ["a path upwards", () => parsePurl("pkg:npm/%2e%2e/a@1"), "PURL_INVALID"],
  ["half a character", () => parsePurl("pkg:npm/a@%C3%28"), "PURL_INVALID"],
  ["a qualifier that sets a prototype", () => parsePurl("pkg:npm/a@1?__proto__=x"), "PURL_INVALID"],
  ["a purl of 10 MB", () => parsePurl(`pkg:npm/${"a/".repeat(5 * MB)}`), "PURL_INVALID"],
  ["a name of 10 MB", () => parseObjectReference(`npm:${"a".repeat(10 * MB)}@`), "OBJECT_INVALID"],
])("has one right outcome: %s", (_, call, outcome) => {
  let found: unknown;
  try {
    found = call();
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    expect(error.message.length).toBeLessThan(1000);
    found = error.code;
  }
  expect(found).toEqual(outcome);
});
