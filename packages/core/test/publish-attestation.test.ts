import { describe, expect, test } from "vitest";
import { isPublishType, readPublishAttestation } from "../src/publish-attestation.ts";
import type { Statement } from "../src/statement.ts";
import { thrownBy } from "./thrown.ts";

const TYPE = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
const content = { name: "@acme/widget", version: "1.4.0", registry: "https://registry.example" };

function statement(predicate: unknown): Statement {
  return { type: "https://in-toto.io/Statement/v0.1", subject: [{ digest: {} }], predicateType: TYPE, predicate };
}

describe("isPublishType", () => {
  test.each([
    [TYPE, true],
    [TYPE.replace("v0.1", "v1"), true],
    [TYPE.replace("v0.1", "v1.2.3"), true],
    [TYPE.replace("v0.1", "v"), false],
    [TYPE.replace("v0.1", "v0.1.x"), false],
    [`${TYPE}\n`, false],
    [`x${TYPE}`, false],
    [TYPE.replace("github.com", "githubxcom"), false],
    [TYPE.replace("publish", "provenance"), false],
    ["https://slsa.dev/provenance/v1", false],
    ["", false],
  ])("%j: %s", (type, is) => {
    expect(isPublishType(type)).toBe(is);
  });
});

describe("readPublishAttestation", () => {
  test("reads name, version and registry, and nothing else", () => {
    expect(readPublishAttestation(statement({ ...content, extra: 1 }))).toEqual(content);
  });

  test.each([
    ["no name", { ...content, name: undefined }],
    ["no version", { ...content, version: undefined }],
    ["no registry", { ...content, registry: undefined }],
    ["a version that is no text", { ...content, version: 1 }],
    ["a name that is inherited", Object.assign(Object.create({ name: "x" }), { ...content, name: undefined })],
    ["a list", ["@acme/widget", "1.4.0"]],
    ["null", null],
  ])("refuses %s", (_, predicate: unknown) => {
    const error = thrownBy(() => readPublishAttestation(statement(predicate)));
    expect(error.code).toBe("PREDICATE_MALFORMED");
    expect(error.message).toContain("predicate.name");
  });
});
