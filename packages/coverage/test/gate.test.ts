import { describe, expect, test } from "vitest";
import type { CoverageResult, CoveredObject, Gap, Status } from "@colophon/core";
import { gate } from "../src/index.ts";

const gap: Gap = { channel: "npm", target: "x", reason: { code: "not-found", message: "404" } };

function resultOf(statuses: readonly (Status | "exempt")[], gaps: readonly Gap[] = []): CoverageResult {
  const objects = statuses.map((status, index): Pick<CoveredObject, "id" | "status" | "channels" | "exempt"> => ({
    id: String(index),
    channels: ["npm"],
    status: status === "exempt" ? "missing" : status,
    ...(status === "exempt" ? { exempt: { reason: "r", expires: null } } : {}),
  }));
  const unknown = statuses.filter((status) => status === "unknown").length;
  return { objects, gaps, complete: gaps.length === 0, summary: { unknown } } as unknown as CoverageResult;
}

describe("gate", () => {
  test.each<[string, (Status | "exempt")[], number | null, 0 | 1 | 3, { gaps?: Gap[]; allowUnknown?: boolean }]>([
    ["no threshold, all decided", ["missing", "mismatch"], null, 0, {}],
    ["no threshold, something unknown", ["verified", "unknown"], null, 3, {}],
    ["no threshold, unknown allowed", ["verified", "unknown"], null, 0, { allowUnknown: true }],
    ["no threshold, something unlisted", ["verified"], null, 3, { gaps: [gap] }],
    ["reached", ["verified", "missing"], 0.5, 0, {}],
    ["not reached", ["verified", "missing"], 0.6, 1, {}],
    ["not reached though unknowns were verified", ["verified", "missing", "unknown"], 0.9, 1, {}],
    ["open: unknowns decide", ["verified", "unknown"], 1, 3, {}],
    ["unknowns allowed", ["verified", "unknown"], 1, 0, { allowUnknown: true }],
    ["unknowns allowed, others missing", ["verified", "missing", "unknown"], 1, 1, { allowUnknown: true }],
    ["reached, something unlisted", ["verified"], 1, 3, { gaps: [gap] }],
    ["all asked for, one missing, something unlisted", ["verified", "missing"], 1, 1, { gaps: [gap] }],
    ["half asked for, unlisted could mend it", ["missing"], 0.5, 3, { gaps: [gap] }],
    ["exempt objects leave the gate", ["verified", "exempt"], 1, 0, {}],
    ["nothing but exempt objects", ["exempt", "exempt"], 1, 0, {}],
    ["no objects", [], 1, 3, {}],
    ["zero asked for", ["missing"], 0, 0, {}],
  ])("%s: %j at %s gives %s", (_, statuses, least, code, { gaps = [], allowUnknown = false }) => {
    const thresholds = least === null ? [] : [{ least }];
    expect(gate(resultOf(statuses, gaps), thresholds, allowUnknown)).toBe(code);
  });

  test("looks at one channel's objects and gaps only, where a threshold names it", () => {
    const other: Gap = { ...gap, channel: "oci" };
    expect(gate({ ...resultOf(["verified"], [other]), complete: true }, [{ channel: "npm", least: 1 }], false)).toBe(0);
    expect(gate(resultOf(["verified"]), [{ channel: "oci", least: 1 }], false)).toBe(3);
  });

  test("lets the worst of several thresholds decide", () => {
    expect(gate(resultOf(["verified", "missing"]), [{ least: 0.5 }, { least: 0.9 }], false)).toBe(1);
  });
});
