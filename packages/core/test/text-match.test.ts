import { describe, expect, test } from "vitest";
import { CoreError } from "../src/error.ts";
import { describeMatch, matchesText, parseGlob, parsePattern } from "../src/text-match.ts";

describe("a glob", () => {
  test.each<[string, string, boolean]>([
    ["refs/tags/v1", "refs/tags/v1", true],
    ["refs/tags/v1", "refs/tags/v1.0", false],
    ["refs/tags/v1", "xrefs/tags/v1", false],
    ["refs/tags/*", "refs/tags/v1.0.0", true],
    ["refs/tags/*", "refs/tags/@acme/widget@1.0.0", true],
    ["refs/tags/*", "refs/tags/", true],
    ["refs/tags/*", "refs/heads/refs/tags/v1", false],
    ["refs/tags/*", "refs/tags", false],
    ["*.tgz", "widget.tgz", true],
    ["*.tgz", ".tgz", true],
    ["*.tgz", "widget.tgz.sig", false],
    ["v*.*", "v1.0", true],
    ["v*.*", "v.", true],
    ["v*.*", "v1", false],
    ["a*b*c", "aXbYc", true],
    ["a*b*c", "abc", true],
    ["a*b*c", "aXcYb", false],
    ["a*b*c", "ac", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["ab*ba", "aba", false],
    ["*ab*ab", "ab", false],
    ["*ab*ab", "abab", true],
    ["a*bc*bc", "abcbc", true],
    ["a*bc*bc", "abc", false],
    ["*", "", true],
    ["*", "anything\nat all", true],
    ["**", "x", true],
    ["", "", true],
    ["", "x", false],
    ["v1.0", "v1x0", false],
    ["v?", "v1", false],
    ["v?*", "v?1", true],
    ["[a-z]*", "a", false],
    ["v*", "V1", false],
  ])("%j holds for %j: %s", (glob, value, holds) => {
    expect(matchesText(parseGlob(glob), value)).toBe(holds);
  });

  test("of many stars stays quick on long text", () => {
    const start = performance.now();
    expect(matchesText(parseGlob(`${"a*".repeat(500)}b`), "a".repeat(100_000))).toBe(false);
    expect(matchesText(parseGlob(`${"*aab".repeat(500)}`), "a".repeat(100_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test("without a star is a text", () => {
    expect(parseGlob("v1")).toEqual({ exact: "v1" });
    expect(parseGlob("v*")).toEqual({ glob: "v*" });
  });
});

describe("a pattern", () => {
  test.each<[string, string, boolean]>([
    ["v\\d+", "v12", true],
    ["v\\d+", "v12.0", false],
    ["v\\d+", "xv12", false],
    ["v\\d+", "v12\n", false],
    ["v\\d+", "x\nv12\nx", false],
    ["a|b", "a", true],
    ["a|b", "b", true],
    ["a|b", "ax", false],
    ["a|b", "xb", false],
    ["a|ab", "ab", true],
    ["^v1$", "v1", true],
    [".*", "", true],
    [".", "📦", true],
    ["\\p{Lu}", "Ä", true],
    ["(?i)acme", "Acme", true],
    ["", "", true],
    ["", "x", false],
  ])("%j holds for %j: %s", async (pattern, value, holds) => {
    expect(matchesText(await parsePattern(pattern), value)).toBe(holds);
  });

  test.each(["(", "[", "*", "a{2,1}", "\\", "(?<n>a)(?<n>b)", "\\q", "a)|(?:b", "a)(b", "(?=a)a", "(a)\\1", "a{1001}"])(
    "that is not one is refused: %j",
    async (pattern) => {
      const error = await parsePattern(pattern).catch((thrown: unknown) => thrown);
      if (!(error instanceof CoreError)) throw new TypeError(`no CoreError but ${String(error)}`);
      expect(error.code).toBe("PATTERN_INVALID");
      expect(error.message).toContain(JSON.stringify(pattern));
      expect(error.hint).toContain("anchored");
      expect(error.cause).toBeInstanceOf(Error);
    },
  );

  test("has at most a thousand characters", async () => {
    expect(matchesText(await parsePattern("a".repeat(1000)), "a".repeat(1000))).toBe(true);
    await expect(parsePattern("a".repeat(1001))).rejects.toMatchObject({
      code: "PATTERN_INVALID",
      message: expect.stringContaining("longer than 1000") as string,
    });
  });

  // Each takes a backtracking engine longer than anybody waits.
  test.each<[string, string]>([
    ["(a+)+b", "a".repeat(10_000)],
    ["(?:.*/)*x", "/".repeat(10_000)],
    ["(a|aa)+b", "a".repeat(10_000)],
    [".*.*.*.*.*x", "y".repeat(10_000)],
  ])("takes no longer for a stranger's long identity: %j", async (pattern, value) => {
    expect(matchesText(await parsePattern(pattern), value)).toBe(false);
  });
});

test("an exact text is compared as it is", () => {
  expect(matchesText({ exact: "v*" }, "v*")).toBe(true);
  expect(matchesText({ exact: "v*" }, "v1")).toBe(false);
});

test.each([
  [{ exact: "v1" }, "v1"],
  [{ glob: "v*" }, "v*"],
  [{ pattern: "v|w", test: () => true }, "/^(?:v|w)$/"],
])("%j is described as %s", (match, text) => {
  expect(describeMatch(match)).toBe(text);
});
