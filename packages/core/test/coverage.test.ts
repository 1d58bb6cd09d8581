import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gatedBounds, meetsThreshold, tally, type Bounds, type Counted } from "../src/coverage.ts";
import { STATUSES, type Status } from "../src/judge/verdict.ts";

function counted(counts: Partial<Record<Status, number>>, exempt = false): Counted[] {
  return STATUSES.flatMap((status) => Array.from({ length: counts[status] ?? 0 }, () => ({ status, exempt })));
}

describe("tally", () => {
  test("counts each status and what is exempt", () => {
    const objects = [
      ...counted({ verified: 5, present: 4, mismatch: 3, missing: 2, unknown: 1 }),
      ...counted({ missing: 1, verified: 1 }, true),
    ];
    expect(tally(objects)).toEqual({
      objects: 17,
      verified: 6,
      present: 4,
      mismatch: 3,
      missing: 3,
      unknown: 1,
      exempt: 2,
      coverage: { least: 6 / 17, most: 7 / 17 },
    });
  });

  test("gives no coverage where there are no objects", () => {
    expect(tally([])).toEqual({
      objects: 0,
      verified: 0,
      present: 0,
      mismatch: 0,
      missing: 0,
      unknown: 0,
      exempt: 0,
      coverage: null,
    });
  });

  test.each<[Partial<Record<Status, number>>, Bounds]>([
    [{ verified: 3 }, { least: 1, most: 1 }],
    [{ missing: 3 }, { least: 0, most: 0 }],
    [{ unknown: 3 }, { least: 0, most: 1 }],
    [
      { verified: 2, unknown: 1 },
      { least: 2 / 3, most: 1 },
    ],
    [
      { verified: 9999, missing: 1 },
      { least: 0.9999, most: 0.9999 },
    ],
    [
      { verified: 99_999, missing: 1 },
      { least: 0.99999, most: 0.99999 },
    ],
    [
      { verified: 99_998, unknown: 1, missing: 1 },
      { least: 0.99998, most: 0.99999 },
    ],
    [
      { verified: 1, missing: 99_999 },
      { least: 0.00001, most: 0.00001 },
    ],
    [
      { verified: 29, missing: 71 },
      { least: 0.29, most: 0.29 },
    ],
    [
      { verified: 57, present: 43 },
      { least: 0.57, most: 0.57 },
    ],
    [
      { verified: 214, mismatch: 17 },
      { least: 214 / 231, most: 214 / 231 },
    ],
    [
      { present: 1, mismatch: 1 },
      { least: 0, most: 0 },
    ],
  ])("of %j has the bounds %j", (counts, bounds) => {
    expect(tally(counted(counts)).coverage).toEqual(bounds);
  });

  test("is exact to four digits wherever four digits are exact", () => {
    for (let verified = 0; verified <= 1000; verified += 1) {
      const { coverage } = tally(counted({ verified, missing: 1000 - verified }));
      expect(coverage?.least).toBe(verified / 1000);
    }
  });

  test("reaches 1 with every object and no sooner, and never has bounds the wrong way round", () => {
    const list = fc.array(fc.constantFrom(...STATUSES), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(list, (statuses) => {
        const { coverage, verified, objects } = tally(statuses.map((status) => ({ status, exempt: false })));
        expect(coverage?.least === 1).toBe(verified === objects);
        expect(coverage?.least ?? 2).toBeLessThanOrEqual(coverage?.most ?? -1);
        expect(coverage?.least ?? 2).toBeLessThanOrEqual(verified / objects);
      }),
    );
  });

  test("keeps exempt objects in the denominator", () => {
    expect(tally([...counted({ verified: 1 }), ...counted({ missing: 1 }, true)]).coverage).toEqual({
      least: 0.5,
      most: 0.5,
    });
  });
});

describe("gatedBounds", () => {
  test.each<[string, Counted[], Bounds | null]>([
    ["exempt objects leave it", [...counted({ verified: 1 }), ...counted({ missing: 3 }, true)], { least: 1, most: 1 }],
    [
      "exempt objects that are verified stay",
      [...counted({ missing: 1 }), ...counted({ verified: 1 }, true)],
      { least: 0.5, most: 0.5 },
    ],
    [
      "exempt unknowns leave it",
      [...counted({ verified: 1, missing: 1 }), ...counted({ unknown: 2 }, true)],
      { least: 0.5, most: 0.5 },
    ],
    ["other unknowns widen it", counted({ verified: 1, missing: 1, unknown: 2 }), { least: 0.25, most: 0.75 }],
    ["nothing but exempt objects is nothing", counted({ missing: 2, unknown: 1 }, true), null],
    ["nothing is nothing", [], null],
  ])("%s", (_, objects, bounds) => {
    expect(gatedBounds(objects)).toEqual(bounds);
  });
});

describe("meetsThreshold", () => {
  test.each<[Bounds, number, "met" | "failed" | "open"]>([
    [{ least: 1, most: 1 }, 1, "met"],
    [{ least: 0.9999, most: 0.9999 }, 1, "failed"],
    [{ least: 0.9, most: 1 }, 1, "open"],
    [{ least: 0.9, most: 1 }, 0.9, "met"],
    [{ least: 0.8, most: 0.9 }, 0.9, "open"],
    [{ least: 0.8, most: 0.89 }, 0.9, "failed"],
    [{ least: 0, most: 0 }, 0, "met"],
    [{ least: 0, most: 1 }, 0.5, "open"],
  ])("%j against %d: %s", (bounds, threshold, answer) => {
    expect(meetsThreshold(bounds, threshold)).toBe(answer);
  });
});
