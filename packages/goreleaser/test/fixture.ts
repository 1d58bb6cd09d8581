import { readFileSync } from "node:fs";

/** The text of a file that a real GoReleaser wrote (`fixtures/README.md`). */
export function readFixture(path: string): string {
  return readFileSync(new URL(`fixtures/${path}`, import.meta.url), "utf8");
}
