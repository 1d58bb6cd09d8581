import { describe, expect, test } from "vitest";
import type { DigestSet } from "../src/digest.ts";
import { MAX_SUBJECTS, parseStatement, STATEMENT_V0_1, STATEMENT_V1, type Subject } from "../src/statement.ts";
import { thrownBy } from "./thrown.ts";

const A = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const B = "f2c82decdd7181cf98945929a62598db7e6b477e11f6e0eb0ae97020eff151ad";
const PROVENANCE = "https://slsa.dev/provenance/v1";

function statement(change: Record<string, unknown> = {}): string {
  const subject = [{ name: "widget", digest: { sha256: A } }];
  return JSON.stringify({ _type: STATEMENT_V1, subject, predicateType: PROVENANCE, predicate: { a: 1 }, ...change });
}

describe("parseStatement", () => {
  test.each([STATEMENT_V0_1, STATEMENT_V1] as const)("reads %s into one form", (type) => {
    expect(parseStatement(statement({ _type: type }))).toEqual({
      type,
      subject: [{ name: "widget", digest: { sha256: A } }],
      predicateType: PROVENANCE,
      predicate: { a: 1 },
    });
  });

  test("ignores fields that it does not know", () => {
    const subject = [{ name: "widget", digest: { sha256: A }, uri: "https://acme.example", annotations: {} }];
    expect(parseStatement(statement({ subject, extra: true }))).toEqual(parseStatement(statement()));
  });

  test("reads a statement without predicate as one with null", () => {
    expect(parseStatement(statement({ predicate: undefined })).predicate).toBeNull();
    expect(parseStatement(statement({ predicate: 0 })).predicate).toBe(0);
  });

  // field case statement-subjects
  test.each<[string, unknown[], readonly Subject[]]>([
    [
      "second",
      [
        { name: "other", digest: { sha256: B } },
        { name: "widget", digest: { sha256: A } },
      ],
      [
        { name: "other", digest: { sha256: B } },
        { name: "widget", digest: { sha256: A } },
      ],
    ],
    [
      "upper case",
      [{ name: "widget", digest: { sha256: A.toUpperCase() } }],
      [{ name: "widget", digest: { sha256: A } }],
    ],
    ["no name", [{ digest: { sha256: A } }], [{ digest: { sha256: A } }]],
    ["a name that is no text", [{ name: 7, digest: { sha256: A } }], [{ digest: { sha256: A } }]],
    ["underscore", [{ name: "_", digest: { sha256: A } }], [{ name: "_", digest: { sha256: A } }]],
    [
      "twice",
      [
        { name: "widget", digest: { sha256: A } },
        { name: "widget", digest: { sha256: A } },
      ],
      [
        { name: "widget", digest: { sha256: A } },
        { name: "widget", digest: { sha256: A } },
      ],
    ],
    [
      "unknown algorithm beside, its value as it is",
      [{ name: "widget", digest: { "acme-tree": "X", sha256: A } }],
      [{ name: "widget", digest: { "acme-tree": "X", sha256: A } }],
    ],
    [
      "null for absent",
      [{ digest: { sha256: null, sha512: "5" } }, { digest: null }],
      [{ digest: { sha512: "5" } }, { digest: {} }],
    ],
    ["an unknown algorithm of another form", [{ digest: { tree: {}, sha256: A } }], [{ digest: { sha256: A } }]],
    ["gitCommit only", [{ digest: { gitCommit: "0123" } }], [{ digest: { gitCommit: "0123" } }]],
    ["no digest", [{ name: "widget", digest: {} }], [{ name: "widget", digest: {} }]],
    ["digest absent", [{ name: "widget" }], [{ name: "widget", digest: {} }]],
    ["digest that is no object", [{ name: "widget", digest: A }], [{ name: "widget", digest: {} }]],
    ["prefix", [{ digest: { sha256: A.slice(0, 32) } }], [{ digest: { sha256: A.slice(0, 32) } }]],
  ])("reads the subjects of the case: %s", (_, subject, read) => {
    expect(parseStatement(statement({ subject })).subject).toEqual(read);
  });

  test.each<[string, string, string]>([
    ["a list", "[]", "not an object"],
    ["null", "null", "not an object"],
    ["a text", '"x"', "not an object"],
    ["no _type", statement({ _type: undefined }), "_type is null"],
    ["another _type", statement({ _type: "https://in-toto.io/Statement/v2" }), "Statement/v2"],
    ["a _type that is no text", statement({ _type: [STATEMENT_V1] }), "_type is null"],
    ["an empty list of subjects", statement({ subject: [] }), "no subject"],
    ["no subjects", statement({ subject: undefined }), "no subject"],
    ["subjects that are no list", statement({ subject: { length: 1, 0: { digest: {} } } }), "no subject"],
    ["a subject that is null", statement({ subject: [{ digest: {} }, null] }), "subject[1] is not an object"],
    ["a subject that is a list", statement({ subject: [[]] }), "subject[0] is not an object"],
    [
      "a digest that is no text",
      statement({ subject: [{ digest: { sha256: { hex: A } } }] }),
      "subject[0].digest.sha256 is not a string",
    ],
    ["no predicateType", statement({ predicateType: undefined }), "no predicateType"],
    ["an empty predicateType", statement({ predicateType: "" }), "no predicateType"],
  ])("refuses %s", (_, text, why) => {
    const error = thrownBy(() => parseStatement(text));
    expect(error.code).toBe("STATEMENT_MALFORMED");
    expect(error.message).toContain(why);
    expect(error.hint).toContain("Statement v1");
  });

  test.each([
    ["text that is not JSON", "{"],
    [
      "a digest algorithm twice",
      `{"_type":"${STATEMENT_V1}","subject":[{"digest":{"sha256":"${A}","sha256":"${B}"}}]}`,
    ],
    ["a digest algorithm that would be a prototype", `{"subject":[{"digest":{"__proto__":"${A}"}}]}`],
  ])("refuses %s as JSON", (_, text) => {
    const error = thrownBy(() => parseStatement(text));
    expect(error.code).toBe("JSON_INVALID");
    expect(error.message).toContain("the statement");
  });

  test("keeps its message short, whatever the statement says", () => {
    const long = "x".repeat(1_000_000);
    expect(thrownBy(() => parseStatement(statement({ _type: long }))).message.length).toBeLessThan(300);
  });

  test("reads 10,000 subjects within two seconds", () => {
    const many: { name: string; digest: DigestSet }[] = Array.from({ length: 10_000 }, (_, index) => ({
      name: `widget-${index}`,
      digest: { sha256: index.toString(16).padStart(64, "0") },
    }));
    const text = statement({ subject: many });
    const start = performance.now();
    expect(parseStatement(text).subject).toHaveLength(10_000);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test("reads as many subjects as are allowed, and not one more", () => {
    const of = (count: number): string => statement({ subject: Array.from({ length: count }, () => ({ digest: {} })) });
    expect(parseStatement(of(MAX_SUBJECTS)).subject).toHaveLength(10_240);
    const error = thrownBy(() => parseStatement(of(MAX_SUBJECTS + 1)));
    expect(error.code).toBe("STATEMENT_MALFORMED");
    expect(error.message).toContain("10241 subjects, more than 10240");
  });
});
