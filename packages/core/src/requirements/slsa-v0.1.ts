import type { Requirement, RequirementCell } from "../assessment.ts";

type Row = readonly [id: string, title: string, cells: string, definition: string];

const CELLS: Readonly<Record<string, RequirementCell>> = {
  Y: "required",
  o: "recommended",
  j: "justified",
  m: "18-months",
  a: "authenticated",
  c: "complete",
  "-": "no",
};

/** Columns of levels 1 to 4, one letter each: see CELLS. */
const PROVENANCE: readonly Row[] = [
  ["available", "Available", "YYYY", "Provenance is available to the consumer in a format that they accept."],
  ["authenticated", "Authenticated", "-YYY", "The consumer can verify authenticity and integrity."],
  [
    "service-generated",
    "Service generated",
    "-YYY",
    "The data comes from the build service; its users cannot alter it.",
  ],
  [
    "non-falsifiable",
    "Non-falsifiable",
    "--YY",
    "The signing secret and every field are out of reach of the build's own steps.",
  ],
  ["dependencies-complete", "Dependencies complete", "---Y", "Every build dependency that was available is recorded."],
];

const CONTENT: readonly Row[] = [
  ["identifies-artifact", "Identifies artifact", "YYYY", "The output is identified by a cryptographic hash."],
  ["identifies-builder", "Identifies builder", "YYYY", "The entity that built and made the provenance is named."],
  [
    "identifies-build-instructions",
    "Identifies build instructions",
    "YYYY",
    "The top-level build instructions are named.",
  ],
  ["identifies-source-code", "Identifies source code", "-Yac", "The repositories used directly are named."],
  [
    "identifies-entry-point",
    "Identifies entry point",
    "--YY",
    "The entry point and the repository it was read from are named.",
  ],
  [
    "includes-all-params",
    "Includes all build parameters",
    "--YY",
    "All parameters under the user's control are listed.",
  ],
  ["includes-all-deps", "Includes all transitive dependencies", "---Y", "All transitive dependencies are listed."],
  [
    "includes-reproducible-info",
    "Includes reproducible info",
    "---Y",
    "Whether the build is meant to be reproducible, and how.",
  ],
  ["includes-metadata", "Includes metadata", "oooo", "Start and end times and an id to find the logs."],
];

/** SLSA v0.1 requirements, the rows of provenance and its content (slsa.dev/spec/v0.1/requirements). */
export const SLSA_V0_1_PROVENANCE: readonly Requirement[] = [
  ...PROVENANCE.map((row) => requirement("provenance", row)),
  ...CONTENT.map((row) => requirement("content", row)),
];

function requirement(group: string, [id, title, cells, definition]: Row): Requirement {
  const levels = Object.fromEntries(Array.from(cells, (letter, index) => [index + 1, CELLS[letter] ?? "no"]));
  return { spec: "0.1", id, group, title, levels, definition };
}

/** Whether a cell has to be met for its level; a recommendation never gates one. */
export function gates(cell: RequirementCell | undefined): boolean {
  return cell !== undefined && cell !== "no" && cell !== "recommended";
}
