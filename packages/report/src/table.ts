/** Lines with columns padded to their widest cell; the last column is not padded. Cells must hold no color. */
export function renderTable(
  rows: readonly (readonly string[])[],
  paint: (cell: string, row: number, column: number) => string,
): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return rows.map((row, index) =>
    row
      .map((cell, column) => {
        const padded = column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0);
        return paint(padded, index, column);
      })
      .join("  ")
      .trimEnd(),
  );
}
