import { isStrong } from "@colophon/core";
import { GoreleaserError, quote } from "../error.ts";
import { compareText } from "../text.ts";
import { parseChecksums, type ChecksumEntry } from "./parse.ts";

type Named = Pick<ChecksumEntry, "name" | "digest">;

/**
 * Writes a checksum file as GoReleaser does: `hex  name`, sorted by name, one line for each strong digest. A name with
 * a backslash or a line break is escaped as GNU coreutils does. Throws CHECKSUM_ALGORITHM where an entry has no strong
 * digest, CHECKSUM_LINE where a line would not be read as it was meant, and NAME_OUTSIDE_FOLDER.
 */
export function formatChecksums(entries: readonly Named[]): string {
  return entries
    .toSorted((left, right) => compareText(left.name, right.name))
    .map(formatEntry)
    .join("");
}

function formatEntry({ name, digest }: Named): string {
  const escaped = name.replace(/[\\\n\r]/g, (character) => ({ "\n": "\\n", "\r": "\\r" })[character] ?? "\\\\");
  const mark = escaped === name ? "" : "\\";
  const algorithms = Object.keys(digest).filter(isStrong).toSorted();
  if (algorithms.length === 0) {
    throw new GoreleaserError("CHECKSUM_ALGORITHM", `${quote(name)} has no sha256, sha384 or sha512`);
  }
  const lines = algorithms.map((algorithm) => `${mark}${digest[algorithm]?.toLowerCase()}  ${escaped}\n`).join("");
  const [readBack] = parseChecksums(lines, "the checksum file").entries;
  if (readBack?.name !== name) {
    throw new GoreleaserError("CHECKSUM_LINE", `${quote(name)} would be read back as ${quote(readBack?.name)}`);
  }
  return lines;
}
