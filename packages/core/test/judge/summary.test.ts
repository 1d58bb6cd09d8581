import { describe, expect, test } from "vitest";
import { VSA_TYPES, type Expectation, type Statement } from "../../src/index.ts";
import { failed, good, judgeCases, object, signer, type Case } from "./world.ts";

const KEY = { kind: "key", keyId: "k", scope: "configured" } as const;
const IMAGE = object({
  id: "gce_image_id:897",
  channels: ["file"],
  digest: { gce_image_id: "897" },
  name: "gce_image_id:897",
});
const asked: Partial<Expectation> = {
  predicateTypes: VSA_TYPES,
  verifierId: "https://verifier.example",
  resourceUri: "gce_image://one",
  verifiedLevels: ["SLSA_BUILD_LEVEL_2", "BCID_L1"],
};

function summary(change: object = {}, digest: Record<string, string> = { gce_image_id: "897" }): Statement {
  return {
    type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "_", digest }],
    predicateType: "https://slsa.dev/verification_summary/v1",
    predicate: {
      verifier: { id: "https://verifier.example" },
      resourceUri: "gce_image://one",
      verificationResult: "PASSED",
      verifiedLevels: ["BCID_L1", "SLSA_BUILD_LEVEL_3"],
      ...change,
    },
  };
}

const resultOf = (one: Case, expectation: Partial<Expectation> = asked): string => {
  const { status, failure, level } = judgeCases([one], { object: IMAGE, expectation });
  return failure === undefined ? `${status} ${level}` : `${status} ${failure.check} ${failure.code}`;
};

describe("judge, of a verification summary", () => {
  test.each<[string, Statement, string]>([
    ["that says what is expected", summary(), "verified null"],
    [
      "of another verifier",
      summary({ verifier: { id: "https://other.example" } }),
      "mismatch verifier verifier-differs",
    ],
    ["of another resource", summary({ resourceUri: "gce_image://two" }), "mismatch resource resource-differs"],
    ["that failed", summary({ verificationResult: "FAILED" }), "mismatch level verification-failed"],
    ["of a lower level", summary({ verifiedLevels: ["BCID_L1", "SLSA_BUILD_LEVEL_1"] }), "present level level-too-low"],
    ["about something else", summary({}, { gce_image_id: "898" }), "mismatch subject subject-not-found"],
    ["by another kind of id", summary({}, { other_id: "897" }), "mismatch subject subject-not-found"],
    ["that is none", summary({ verifier: null }), "present predicate-type predicate-malformed"],
  ])("%s: %s", (_, statement, result) => {
    expect(resultOf({ authentication: good(statement, KEY) })).toBe(result);
  });

  test("asks for a signer that the user names: the builder table speaks for no verifier", () => {
    const by = signer();
    if (by.kind !== "certificate") throw new TypeError("no certificate");
    expect(resultOf({ authentication: good(summary(), by) })).toBe("present identity signer-unlisted");
    const named = { ...asked, issuer: by.issuer, identity: { exact: by.subject } };
    expect(resultOf({ authentication: good(summary(), by) }, named)).toBe("verified null");
  });

  test("names the signature where that is what fails", () => {
    const claimed = { statement: summary() };
    expect(resultOf({ authentication: failed({ claimed }) })).toBe("mismatch signature signature");
  });

  test("is no provenance where none was asked for, and needs a strong digest then", () => {
    expect(resultOf({ authentication: good(summary(), KEY) }, {})).toBe("unknown unavailable digest-not-told");
    const file = object({ channels: ["file"] });
    const about = summary({}, { sha512: file.digest["sha512"] ?? "" });
    const verdict = judgeCases([{ authentication: good(about, KEY) }], { object: file });
    expect(verdict).toMatchObject({ status: "present", failure: { code: "predicate-type-differs" } });
  });
});
