import { describe, expect, test } from "vitest";
import { expandBraces, matchesName, parseSteps } from "../../src/files/pattern.ts";

function matches(pattern: string, name: string): boolean {
  const [step] = parseSteps(pattern);
  return typeof step === "object" && "tokens" in step && matchesName(step.tokens, name);
}

describe("wildcards", () => {
  test.each([
    ["*", "a.tgz", true],
    ["*.tgz", "a.tgz", true],
    ["*.tgz", "a.tgz.asc", false],
    ["*.tgz", ".tgz", false],
    ["*", ".hidden", false],
    [".*", ".hidden", true],
    ["?hidden", ".hidden", false],
    ["[!a]hidden", ".hidden", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["a**", "abc", true],
    ["?.tgz", "😀.tgz", true],
    ["?.tgz", ".tgz", false],
    ["?.tgz", "ab.tgz", false],
    ["[ab].tgz", "b.tgz", true],
    ["[a-c].tgz", "b.tgz", true],
    ["[a-c].tgz", "d.tgz", false],
    ["[!a-c].tgz", "d.tgz", true],
    ["[^a-c].tgz", "b.tgz", false],
    ["[]a].tgz", "].tgz", true],
    ["[a-].tgz", "-.tgz", true],
    ["[[]1].*", "[1].tgz", true],
    ["[]*", "[]x", true],
    ["*[", "a[", true],
    ["*.(tgz|zip)", "a.tgz", false],
    ["*.t+z", "a.t+z", true],
    ["*\n*", "a\nb", true],
  ])("%j on %j: %j", (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  test("take no longer than both lengths allow", () => {
    expect(matches(`${"*a".repeat(60)}*b`, "a".repeat(250))).toBe(false);
  });
});

test.each([
  ["a.tgz", ["a.tgz"]],
  ["{a,b}.tgz", ["a.tgz", "b.tgz"]],
  ["{a,sub/b}.{tgz,zip}", ["a.tgz", "a.zip", "sub/b.tgz", "sub/b.zip"]],
  ["{a,{b,c}d}", ["a", "bd", "cd"]],
  ["{a}", ["{a}"]],
  ["{a,b", ["{a,b"]],
  ["{,x}a", ["a", "xa"]],
])("braces: %s", (pattern, alternatives) => {
  expect(expandBraces(pattern).toSorted()).toEqual(alternatives);
});

test("more than a thousand alternatives are refused before they are all there", () => {
  expect(() => expandBraces("{a,b}".repeat(60))).toThrow(expect.objectContaining({ code: "TOO_LARGE" }));
});
