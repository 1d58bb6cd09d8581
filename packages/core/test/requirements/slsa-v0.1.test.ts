import { expect, test } from "vitest";
import type { RequirementCell } from "../../src/assessment.ts";
import { gates, SLSA_V0_1_PROVENANCE } from "../../src/requirements/slsa-v0.1.ts";

/** The provenance and content rows of the v0.1 table, levels 1 to 4, by the anchors of the specification. */
const TABLE: readonly (readonly [group: string, id: string, ...cells: RequirementCell[]])[] = [
  ["provenance", "available", "required", "required", "required", "required"],
  ["provenance", "authenticated", "no", "required", "required", "required"],
  ["provenance", "service-generated", "no", "required", "required", "required"],
  ["provenance", "non-falsifiable", "no", "no", "required", "required"],
  ["provenance", "dependencies-complete", "no", "no", "no", "required"],
  ["content", "identifies-artifact", "required", "required", "required", "required"],
  ["content", "identifies-builder", "required", "required", "required", "required"],
  ["content", "identifies-build-instructions", "required", "required", "required", "required"],
  ["content", "identifies-source-code", "no", "required", "authenticated", "complete"],
  ["content", "identifies-entry-point", "no", "no", "required", "required"],
  ["content", "includes-all-params", "no", "no", "required", "required"],
  ["content", "includes-all-deps", "no", "no", "no", "required"],
  ["content", "includes-reproducible-info", "no", "no", "no", "required"],
  ["content", "includes-metadata", "recommended", "recommended", "recommended", "recommended"],
];

test("has the rows and cells of the specification, in its order", () => {
  const rows = SLSA_V0_1_PROVENANCE.map(({ group, id, levels }) => [
    group,
    id,
    levels[1],
    levels[2],
    levels[3],
    levels[4],
  ]);
  expect(rows).toEqual(TABLE);
});

test("names each row once, with a title and a definition", () => {
  expect(new Set(SLSA_V0_1_PROVENANCE.map(({ id }) => id)).size).toBe(14);
  for (const { spec, title, definition, levels } of SLSA_V0_1_PROVENANCE) {
    expect(spec).toBe("0.1");
    expect(title).toMatch(/^[A-Z][a-z]/);
    expect(definition).toMatch(/\.$/);
    expect(Object.keys(levels)).toEqual(["1", "2", "3", "4"]);
  }
});

test.each<[RequirementCell | undefined, boolean]>([
  ["required", true],
  ["justified", true],
  ["18-months", true],
  ["authenticated", true],
  ["complete", true],
  ["recommended", false],
  ["no", false],
  [undefined, false],
])("a cell %s gates its level: %s", (cell, is) => {
  expect(gates(cell)).toBe(is);
});
