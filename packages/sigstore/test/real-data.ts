import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Real attestations, beside the repository; they are not part of it. */
const FOLDER = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));

export const hasRealData: boolean = existsSync(FOLDER);
export const WITH_REAL_DATA = "(needs the folder of real attestations; skipped where it is absent)";

export function realPath(path: string): string {
  return `${FOLDER}${path}`;
}

export function readReal(path: string): Buffer {
  return readFileSync(realPath(path));
}

/** Names in a folder, sorted; none where the data is absent. */
export function listReal(path: string): readonly string[] {
  return hasRealData ? readdirSync(realPath(path)).toSorted() : [];
}
