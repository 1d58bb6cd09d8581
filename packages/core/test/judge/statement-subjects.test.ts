import { describe, expect, test } from "vitest";
import { parseStatement, type Authentication, type ReleaseObject, type Status, type Verdict } from "../../src/index.ts";
import { failed, good, judgeCases, object, provenance, signer } from "./world.ts";

// field case statement-subjects
const A = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";
const B = "f2c82decdd7181cf98945929a62598db7e6b477e11f6e0eb0ae97020eff151ad";
const S = "5".repeat(128);
const SHA512_OF_BETA = "6".repeat(128);

/** The artifact as `verify` sees a plain file. */
function file(change: Partial<ReleaseObject> = {}): ReleaseObject {
  const { npm: _, ...base } = object();
  return {
    ...base,
    id: "file:widget",
    channels: ["file"],
    locations: ["widget"],
    digest: { sha256: A, sha512: S },
    digestFrom: "bytes",
    name: "widget",
    version: null,
    publishedAt: null,
    tags: [],
    declaredRepository: null,
    ...change,
  };
}

/** The statement goes through its text, so that reading and judging agree. */
function withSubjects(subject: readonly unknown[]): Authentication {
  const { type: _type, predicateType, predicate } = provenance();
  return good(parseStatement(JSON.stringify({ _type, subject, predicateType, predicate })), signer());
}

function judgeSubjects(subject: readonly unknown[], artifact: ReleaseObject = file()): Verdict {
  return judgeCases([{ authentication: withSubjects(subject), store: "file", filed: "object" }], { object: artifact });
}

describe("matches", () => {
  test.each<[string, unknown[]]>([
    [
      "second",
      [
        { name: "other", digest: { sha256: B } },
        { name: "widget", digest: { sha256: A } },
      ],
    ],
    ["upper case", [{ name: "widget", digest: { sha256: A.toUpperCase() } }]],
    ["no name", [{ digest: { sha256: A } }]],
    ["underscore", [{ name: "_", digest: { sha256: A } }]],
    ["other name", [{ name: "quite-else.zip", digest: { sha256: A } }]],
    [
      "twice",
      [
        { name: "widget", digest: { sha256: A } },
        { name: "widget", digest: { sha256: A } },
      ],
    ],
    [
      "one name, two digests",
      [
        { name: "widget", digest: { sha256: B } },
        { name: "widget", digest: { sha256: A } },
      ],
    ],
    ["unknown algorithm beside", [{ name: "widget", digest: { "acme-tree": "x", sha256: A } }]],
    ["sha512 only", [{ name: "widget", digest: { sha512: S } }]],
    ["a purl of npm, for an object that is none of npm's", [{ name: "pkg:npm/other@1.0.0", digest: { sha256: A } }]],
    [
      "last of 1,024",
      [
        ...Array.from({ length: 1023 }, (_, index) => ({ digest: { sha256: index.toString(16).padStart(64, "0") } })),
        { digest: { sha256: A } },
      ],
    ],
  ])("%s", (_, subject) => {
    const verdict = judgeSubjects(subject);
    expect(verdict.failure).toBeUndefined();
    expect(verdict.status).toBe("verified");
    expect(verdict.warnings).toEqual([]);
  });

  test("algorithms disagree, with a warning", () => {
    const verdict = judgeSubjects([{ name: "widget", digest: { sha256: A, sha512: SHA512_OF_BETA } }]);
    expect(verdict.status).toBe("verified");
    expect(verdict.warnings.map(({ code }) => code)).toEqual(["subject-digests-disagree"]);
  });

  test("algorithms disagree in one subject and agree in another, without a warning", () => {
    const verdict = judgeSubjects([
      { name: "widget", digest: { sha256: A, sha512: SHA512_OF_BETA } },
      { name: "widget", digest: { sha256: A, sha512: S } },
    ]);
    expect(verdict).toMatchObject({ status: "verified", warnings: [] });
  });
});

describe("does not match", () => {
  test.each<[string, unknown[], Status, string]>([
    [
      "sha1 only",
      [{ name: "widget", digest: { sha1: "d046cd9b7ffb7661e449683313d41f6fc33e3130" } }],
      "present",
      "subject-digest-weak",
    ],
    [
      "sha1 only, under another name",
      [{ name: "x", digest: { sha1: "d0".repeat(20) } }],
      "present",
      "subject-digest-weak",
    ],
    ["sha1 only, without name", [{ digest: { sha1: "d0".repeat(20) } }], "present", "subject-digest-weak"],
    [
      "sha1 beside other bytes of the same name",
      [
        { name: "widget", digest: { sha1: "d0".repeat(20) } },
        { name: "widget", digest: { sha256: B } },
      ],
      "mismatch",
      "subject-digest-differs",
    ],
    [
      "gitCommit only",
      [{ name: "widget", digest: { gitCommit: "0123456789012345678901234567890123456789" } }],
      "mismatch",
      "subject-not-found",
    ],
    ["no digest", [{ name: "widget", digest: {} }], "mismatch", "subject-not-found"],
    ["prefix", [{ name: "widget", digest: { sha256: A.slice(0, 32) } }], "mismatch", "subject-not-found"],
    ["other bytes under other names", [{ name: "x", digest: { sha256: B } }], "mismatch", "subject-not-found"],
    ["other bytes of the same name", [{ name: "widget", digest: { sha256: B } }], "mismatch", "subject-digest-differs"],
    [
      "an algorithm that the object is not told by",
      [{ name: "widget", digest: { sha384: "7".repeat(96) } }],
      "mismatch",
      "subject-not-found",
    ],
  ])("%s: %s", (_, subject, status, code) => {
    const verdict = judgeSubjects(subject);
    expect(verdict).toMatchObject({ status, failure: { check: "subject", code } });
    expect(verdict.failure?.hint).toBeDefined();
  });

  test.each([
    ["empty", { subject: [] }],
    ["absent", {}],
  ])("%s, whose statement is malformed", (_, change) => {
    const { type: _type, predicateType, predicate } = provenance();
    const text = JSON.stringify({ _type, predicateType, predicate, ...change });
    expect(() => parseStatement(text)).toThrow(expect.objectContaining({ code: "STATEMENT_MALFORMED" }));
    const authentication = failed({ check: "statement", kind: "unprovable", code: "statement-malformed" });
    expect(judgeCases([{ authentication, store: "file" }], { object: file() })).toMatchObject({
      status: "present",
      failure: { check: "statement", code: "statement-malformed" },
    });
  });

  test("names a few of the subjects only", () => {
    const subject = Array.from({ length: 50 }, (_, index) => ({ name: `w-${index}`, digest: { sha256: B } }));
    const actual = judgeSubjects(subject).failure?.actual;
    expect(actual).toBe("w-0, w-1, w-2 and 47 more");
    expect(judgeSubjects([{ name: "n".repeat(9999), digest: {} }]).failure?.actual).toHaveLength(120);
    expect(judgeSubjects([{ digest: {} }]).failure?.actual).toBe("(no name)");
  });
});

describe("the name counts where it is a package's", () => {
  const named = (name: string, expectation: { packageName?: string; packageVersion?: string }): Verdict =>
    judgeCases([{ authentication: withSubjects([{ name, digest: { sha256: A } }]), store: "file" }], {
      object: file(),
      expectation,
    });

  test.each<[string, { packageName?: string; packageVersion?: string }, Status, string | undefined]>([
    ["pkg:npm/%40acme/widget@1.4.0", { packageName: "@acme/widget" }, "verified", undefined],
    ["pkg:npm/%40acme/widget@1.4.0", { packageName: "@acme/widget", packageVersion: "1.4.0" }, "verified", undefined],
    ["pkg:npm/%40acme/widget@1.4.0", { packageVersion: "1.4.0" }, "verified", undefined],
    ["pkg:npm/%40acme/widget@1.4.0", { packageName: "@acme/other" }, "mismatch", "package-name-differs"],
    ["pkg:npm/%40acme/widget@1.4.0", { packageVersion: "1.4.1" }, "mismatch", "package-version-differs"],
    ["pkg:npm/%40acme/widget", { packageVersion: "1.4.0" }, "mismatch", "package-version-differs"],
    ["pkg:pypi/widget@1.4.0", { packageName: "widget" }, "mismatch", "package-name-differs"],
    ["widget", { packageName: "widget" }, "mismatch", "package-name-differs"],
    ["pkg:npm/..", { packageName: ".." }, "mismatch", "package-name-differs"],
  ])("%s under %j: %s", (name, expectation, status, code) => {
    const verdict = named(name, expectation);
    expect([verdict.status, verdict.failure?.code]).toEqual([status, code]);
  });
});
