import { expect, test } from "vitest";
import { canonicalJson, memberObject, memberString } from "../src/json.ts";

test("canonical JSON sorts members at every depth and leaves undefined ones out", () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'é"', gone: undefined })).toBe(
    '{"a":"é\\"","b":[{"c":null,"d":1}]}',
  );
});

test("a member that is no object reads as an empty one", () => {
  expect(memberObject({ a: { b: { c: 1 } } }, "a", "b")).toEqual({ c: 1 });
  for (const value of [{ a: [] }, { a: "text" }, { a: null }, {}, null, [1]])
    expect(memberObject(value, "a")).toEqual({});
});

test("a member that is no string reads as an empty one", () => {
  expect(memberString({ a: "text" }, "a")).toBe("text");
  expect(memberString({ a: 1 }, "a")).toBe("");
});
