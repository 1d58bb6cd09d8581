import { existsSync } from "node:fs";
import { join } from "node:path";

/** Real attestations that lie beside the project; a test that needs them is skipped, aloud, where they are absent. */
const DATA = join(import.meta.dirname, "../../../../shared/data");

export const hasData: boolean = existsSync(DATA);
export const skipped: string = hasData ? "" : " (skipped: ../shared/data is absent)";

export function dataFile(...path: string[]): string {
  return join(DATA, ...path);
}
