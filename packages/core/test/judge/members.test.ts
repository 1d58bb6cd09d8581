import { describe, expect, test } from "vitest";
import { DEFAULT_BUILDERS, judgeWithMembers, NO_EXPECTATION, type Answer, type Verdict } from "../../src/index.ts";
import { judgeMembers } from "../../src/judge/members.ts";
import type { Status } from "../../src/judge/verdict.ts";
import { good, object, provenance, signer } from "./world.ts";

const PLATFORMS = ["linux/amd64", "linux/arm64", null];

/** A verdict of that status, whose reason's code is the status too. */
function verdict(status: Status, change: Partial<Verdict> = {}): Verdict {
  const code = status === "missing" ? "no-provenance" : status;
  return {
    object: "index",
    status,
    level: status === "verified" ? 2 : null,
    source: null,
    sourceRepositoryId: null,
    builder: null,
    workflow: null,
    predicateType: null,
    expectation: "held",
    ...(status !== "verified" && { failure: { check: "subject", code, message: `it is ${status}` } }),
    evidence: [],
    warnings: [],
    ...change,
  };
}

function judgeAll(own: Verdict, ...members: readonly Verdict[]): Verdict {
  const judged = members.map((one, index) => {
    const digest = { sha256: String(index).repeat(64) };
    return { member: { platform: PLATFORMS[index] ?? null, object: object({ id: `${index}`, digest }) }, verdict: one };
  });
  return judgeMembers(own, judged);
}

const of = (...statuses: readonly Status[]): readonly Verdict[] => statuses.map((status) => verdict(status));

test.each<[own: Status, members: readonly Status[], expected: Status, provenBy?: Verdict["provenBy"]]>([
  // proof of the index, or of every member
  ["verified", [], "verified", "index"],
  ["verified", ["verified", "verified"], "verified", "index"],
  ["verified", ["missing", "unknown"], "verified", "index"],
  ["missing", ["verified"], "verified", "platforms"],
  ["unknown", ["verified", "verified"], "verified", "platforms"],
  ["mismatch", ["verified", "verified"], "verified", "platforms"],
  ["missing", [], "missing"],
  // what could still be completed is open, whatever the index's own proof says
  ["missing", ["verified", "unknown"], "unknown"],
  ["mismatch", ["unknown", "unknown"], "unknown"],
  ["missing", ["verified", "unknown", "missing"], "missing"],
  ["present", ["unknown", "missing"], "present"],
  ["unknown", ["mismatch"], "unknown"],
  // some are not all
  ["missing", ["verified", "missing"], "missing"],
  ["present", ["verified", "missing"], "present"],
  // what is there of a member
  ["missing", ["missing", "present"], "present"],
  ["missing", ["present", "mismatch"], "mismatch"],
  ["present", ["mismatch", "verified"], "mismatch"],
  ["mismatch", ["present", "missing"], "mismatch"],
])("an index that is %s with members %j is %s", (own, members, expected, provenBy) => {
  const found = judgeAll(verdict(own), ...of(...members));
  expect([found.status, found.provenBy]).toEqual([expected, provenBy]);
  expect(found.members?.map(({ status }) => status)).toEqual(members);
  expect(found.failure === undefined).toBe(expected === "verified");
  expect(found.level).toBe(expected === "verified" ? 2 : null);
});

describe("an index proven by its platforms", () => {
  const source = { repository: "https://github.com/acme/widget", ref: "refs/tags/v1", commit: "a" };
  const proven = verdict("verified", { level: 3, source, builder: "b", workflow: "w", sourceRepositoryId: "1" });

  test("has their least level, and what they agree on", () => {
    const warnings = [{ code: "w", message: "m" }];
    const other = { ...proven, level: 2, source: { ...source, commit: "b" }, workflow: "x", warnings };
    expect(judgeAll(verdict("missing"), proven, other, { ...other, signedAt: "2026-01-01T00:00:00Z" })).toMatchObject({
      level: 2,
      source: { repository: source.repository, ref: source.ref },
      builder: "b",
      workflow: null,
      sourceRepositoryId: "1",
      warnings,
    });
    const elsewhere = { ...proven, source: { repository: "https://github.com/acme/other" } };
    expect(judgeAll(verdict("missing"), proven, elsewhere)).toMatchObject({ level: 3, source: null });
    const signedAt = "2026-01-01T00:00:00Z";
    expect(judgeAll(verdict("missing"), { ...proven, signedAt })).toMatchObject({ source, signedAt });
  });

  test("has no level where one of them has none", () => {
    expect(judgeAll(verdict("missing"), proven, { ...proven, level: null }).level).toBeNull();
  });
});

describe("the reason", () => {
  const reasonOf = (own: Status, ...members: readonly Status[]): string =>
    judgeAll(verdict(own), ...of(...members)).failure?.message ?? "";

  test("names the platforms that lack proof where others have it, and those without a name by their digest", () => {
    expect(reasonOf("missing", "verified", "missing", "missing")).toBe(
      "it is missing; nothing proves linux/arm64, sha256:222222222222, unlike its other platforms",
    );
    expect(judgeAll(verdict("missing"), ...of("verified", "missing")).failure?.hint).toMatch(/these platforms/);
    expect(judgeAll(verdict("present"), ...of("verified", "missing")).failure?.hint).toBeUndefined();
    expect(reasonOf("missing", "missing", "missing")).toBe("it is missing");
  });

  test("is a member's where its status is, and says whose", () => {
    expect(reasonOf("missing", "present", "present")).toBe("linux/amd64, linux/arm64: it is present");
    expect(reasonOf("missing", "verified", "unknown")).toBe("linux/arm64: it is unknown");
  });

  test("names no more than a few, each cut", () => {
    const platform = "x".repeat(1000);
    const judged = Array.from({ length: 8 }, () => ({
      member: { platform, object: object() },
      verdict: verdict("present"),
    }));
    const message = judgeMembers(verdict("missing"), judged).failure?.message ?? "";
    expect(message).toMatch(/ and 3 more: it is present$/);
    expect(message.length).toBeLessThan(400);
  });
});

test("each member is judged by its own digest and answers, and by the index's expectation", () => {
  const member = (id: string, sha256: string) => ({
    platform: id,
    object: object({ id, channels: ["oci"], digest: { sha256 } }),
  });
  const members = [member("a", "a".repeat(64)), member("b", "b".repeat(64))];
  const index = object({ digest: { sha256: "c".repeat(64) }, channels: ["oci"], members });
  const proof = { store: "oci", location: "l", filed: "object", mediaType: "m", bytes: new Uint8Array() } as const;
  const answers = new Map<string, readonly Answer[]>([
    [index.id, [{ object: index.id, status: "answered", found: [] }]],
    ...members.map(({ object: { id } }) => {
      const answer: Answer = { object: id, status: "answered", found: [{ ...proof, digest: "both" }] };
      return [id, [answer]] as const;
    }),
  ]);
  const subject = members.map(({ object: { id, digest } }) => ({ name: id, digest }));
  const judgeBy = (subjects: typeof subject, sourceRef: string): Verdict =>
    judgeWithMembers(
      index,
      answers,
      new Map([["both", good(provenance({ subject: subjects }), signer())]]),
      { ...NO_EXPECTATION, sourceRef: { exact: sourceRef } },
      DEFAULT_BUILDERS,
      { keyedRegistries: [] },
    );
  expect(judgeBy(subject, "refs/tags/v1.4.0")).toMatchObject({ status: "verified", provenBy: "platforms", level: 2 });
  expect(judgeBy(subject, "refs/tags/v2")).toMatchObject({ status: "mismatch", failure: { check: "source-ref" } });
  expect(judgeBy(subject.slice(1), "refs/tags/v1.4.0").members).toMatchObject([
    { platform: "a", id: "a", digest: { sha256: "a".repeat(64) }, status: "mismatch", evidence: [{ location: "l" }] },
    { platform: "b", status: "verified", level: 2 },
  ]);
});
