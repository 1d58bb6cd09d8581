import { describe, expect, test } from "vitest";
import type { Statement } from "../src/index.ts";
import { holdsLevel, readVerificationSummary, VSA_V0_2, VSA_V1 } from "../src/vsa.ts";

const v1 = {
  verifier: { id: "v" },
  resourceUri: "r",
  verificationResult: "PASSED",
  verifiedLevels: ["SLSA_BUILD_LEVEL_2"],
};

function statement(predicateType: string, predicate: unknown): Statement {
  return { type: "https://in-toto.io/Statement/v1", subject: [{ digest: { sha256: "a" } }], predicateType, predicate };
}

describe("readVerificationSummary", () => {
  test("reads v1 and v0.2 into one form, and no other predicate", () => {
    const summary = { verifierId: "v", resourceUri: "r", passed: true, verifiedLevels: ["SLSA_BUILD_LEVEL_2"] };
    expect(readVerificationSummary(statement(VSA_V1, v1))).toEqual(summary);
    const old = {
      verifier: { id: "v" },
      resource_uri: "r",
      verification_result: "PASSED",
      policy_level: "SLSA_BUILD_LEVEL_2",
    };
    expect(readVerificationSummary(statement(VSA_V0_2, old))).toEqual(summary);
    expect(readVerificationSummary(statement("https://slsa.dev/provenance/v1", v1))).toBeNull();
  });

  test("leaves out levels that are no text, and tells a failed verification", () => {
    const odd = { ...v1, verificationResult: "FAILED", verifiedLevels: [1, null, "L"] };
    expect(readVerificationSummary(statement(VSA_V1, odd))).toMatchObject({ passed: false, verifiedLevels: ["L"] });
  });

  test.each([
    ["verifier.id", { verifier: {} }],
    ["resourceUri", { resourceUri: 1 }],
    ["verificationResult", { verificationResult: "passed" }],
  ])("names %s where it is missing or is something else", (path, change) => {
    expect(() => readVerificationSummary(statement(VSA_V1, { ...v1, ...change }))).toThrow(
      `predicate.${path} is missing`,
    );
  });
});

test.each<[string[], string, boolean]>([
  [["SLSA_BUILD_LEVEL_3"], "SLSA_BUILD_LEVEL_2", true],
  [["SLSA_BUILD_LEVEL_2"], "SLSA_BUILD_LEVEL_2", true],
  [["SLSA_BUILD_LEVEL_1"], "SLSA_BUILD_LEVEL_2", false],
  [["SLSA_SOURCE_LEVEL_3"], "SLSA_BUILD_LEVEL_2", false],
  [["SLSA_BUILD_LEVEL_UNEVALUATED"], "SLSA_BUILD_LEVEL_0", false],
  [["BCID_L2"], "BCID_L1", false],
  [["BCID_L1"], "BCID_L1", true],
  [[], "BCID_L1", false],
])("%j holds %s: %s", (verified, wanted, holds) => {
  expect(holdsLevel(verified, wanted)).toBe(holds);
});
