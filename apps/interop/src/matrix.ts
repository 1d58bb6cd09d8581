import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { VERIFIER_NAMES, type VerifierName } from "./verifiers.ts";

/** One cell of the matrix: what a verifier said about the bundle of a row. */
export interface Cell {
  /** What the bundles of its part of the table are. */
  readonly part: "sound" | "altered, or not what was asked for";
  readonly row: string;
  readonly verifier: VerifierName;
  readonly says: "yes" | "no" | "cannot";
}

/** Adds a cell to a file that test files, each a process of its own, share. */
export function recordCell(file: string, cell: Cell): void {
  appendFileSync(file, `${JSON.stringify(cell)}\n`);
}

const SHOWN = { yes: "yes", no: "no", cannot: "–" };

/** The recorded cells as text: a table for each part, a row for each bundle by its name, a column for each verifier. */
export function renderMatrix(file: string): string {
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  const cells = text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as Cell);
  const parts = new Set(cells.map(({ part }) => part));
  const lines = [...parts]
    .toSorted()
    .toReversed()
    .flatMap((part) => renderPart(part, cells));
  const widths = ["", ...VERIFIER_NAMES].map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line
        .map((word, column) => word.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function renderPart(part: Cell["part"], all: readonly Cell[]): string[][] {
  const cells = all.filter((cell) => cell.part === part);
  const rows = [...new Set(cells.map(({ row }) => row))].toSorted();
  const saidOf = (row: string, verifier: VerifierName): string => {
    const cell = cells.find((one) => one.row === row && one.verifier === verifier);
    return cell === undefined ? "" : SHOWN[cell.says];
  };
  return [
    [`accepted, where the bundle is ${part}?`, ...VERIFIER_NAMES],
    ...rows.map((row) => [row, ...VERIFIER_NAMES.map((verifier) => saidOf(row, verifier))]),
    [],
  ];
}
