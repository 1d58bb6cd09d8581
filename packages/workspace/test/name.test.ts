import { expect, test } from "vitest";
import { assertSafeName, compareCodePoints, isSafeName, quote } from "../src/name.ts";

test.each([
  ["a newline", "a\nb"],
  ["an escape", "a\u001b[2K"],
  ["a C1 control", "a\u009bb"],
  ["a bidirectional override", "a\u202egz.exe"],
  ["a space of no width", "a\u200bb"],
  ["a line separator", "a\u2028b"],
  ["an invisible tag", "a\u{e0041}b"],
  ["half of a surrogate pair", "a\ud800b"],
  ["what stands for bytes that are not UTF-8", "a\ufffdb"],
])("a name with %s is refused, and shown escaped", (_, name) => {
  expect(() => assertSafeName(name)).toThrow(expect.objectContaining({ code: "NAME_UNSAFE" }));
  expect(quote(name)).toMatch(/^"a\\[nu\\].*"$/);
  expect(isSafeName(quote(name))).toBe(true);
});

test.each(["widget (1).tar.gz", "Acme Widget.exe", "wid\\get", "Münze.zip", "می\u200cخواهم", "👨\u200d👩.txt"])(
  "%s is a safe name",
  (name) => {
    expect(() => assertSafeName(name)).not.toThrow();
  },
);

test("a long name is shortened in a message", () => {
  expect(quote("a".repeat(5000))).toBe(`"${"a".repeat(200)}…"`);
});

test("names are ordered by code points, not by UTF-16", () => {
  expect(["\u{1f600}", "\uff5e", "b", "B"].toSorted(compareCodePoints)).toEqual(["B", "b", "\uff5e", "\u{1f600}"]);
});
