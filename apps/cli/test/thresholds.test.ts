import { expect, test } from "vitest";
import { readThresholds } from "../src/thresholds.ts";

test.each([
  [98.4, 123 / 125],
  [7.2, 9 / 125],
  [8.8, 11 / 125],
  [100, 1],
  [0, 0],
])("%s percent is exactly %s", (percentage, fraction) => {
  expect(readThresholds([String(percentage)])).toEqual([{ least: fraction }]);
});

test("a threshold may name its channel and end with a percent sign", () => {
  expect(readThresholds(["npm=95.5%"])).toEqual([{ least: 0.955, channel: "npm" }]);
});
