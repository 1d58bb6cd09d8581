import { expect, test } from "vitest";
import { withoutTraces } from "../src/without-traces.ts";

test("gives what was run, or throws what it threw, and traces errors again afterwards", () => {
  expect(withoutTraces(() => new Error("x").stack)).toBe("Error: x");
  expect(() =>
    withoutTraces(() => {
      throw new RangeError("y");
    }),
  ).toThrow(RangeError);
  expect(new Error("z").stack).toContain("without-traces.test");
});
