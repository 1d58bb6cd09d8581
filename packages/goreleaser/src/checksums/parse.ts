import { isStrong, type DigestSet, type Warning } from "@colophon/core";
import { GoreleaserError, quote } from "../error.ts";
import { readLines } from "../text.ts";
import { algorithmOf, readFileName, type NamedAlgorithm } from "./algorithm.ts";
import { readLine } from "./line.ts";
import { readName } from "./name.ts";

const MAX_ENTRIES = 100_000;

/** One file that a checksum file names. */
export interface ChecksumEntry {
  /** Its path below the folder of the checksum file, `/` between segments. */
  readonly name: string;
  /** sha256, sha384 and sha512, in lower case. */
  readonly digest: DigestSet;
  /** The line, counted from 1, that names it first. */
  readonly line: number;
}

/** What a checksum file says. Codes of warnings: `checksum-name-trimmed`, `checksum-of-signature`. */
export interface Checksums {
  readonly entries: readonly ChecksumEntry[];
  readonly warnings: readonly Warning[];
}

/**
 * Reads a checksum file: `hex  name` of GNU coreutils and GoReleaser, with a `*` before the name, escaped or not; the
 * tagged form of BSD and OpenSSL; and the bare digits of GoReleaser's `split`, whose name is the file's own without the
 * algorithm. Comments start with `#`. A line that cannot be read refuses the whole file: a line that is left out is an
 * object that nobody attests. So does an algorithm other than sha256, sha384 and sha512. Equal names are one entry.
 *
 * `file` is its bytes, or its text; `fileName` its name, of which the last segment may tell the algorithm.
 * Throws CHECKSUM_LINE, CHECKSUM_ALGORITHM, CHECKSUM_CONFLICT, NAME_OUTSIDE_FOLDER, NO_SUBJECTS, TEXT_UNREADABLE or TOO_LARGE.
 */
export function parseChecksums(file: Uint8Array | string, fileName: string): Checksums {
  const named = readFileName(fileName.replace(/^.*[/\\]/s, ""));
  const entries = new Map<string, { name: string; digest: Record<string, string>; line: number }>();
  const warnings: Warning[] = [];
  for (const [index, text] of readLines(file, fileName).entries()) {
    const line = text.trim();
    if (line === "" || line.startsWith("#")) continue;
    const where = `${fileName}, line ${index + 1}`;
    const { name, algorithm, hex, trimmed } = readEntry(text, named, where);
    const entry = entries.get(name) ?? { name, digest: {}, line: index + 1 };
    if ((entry.digest[algorithm] ?? hex) !== hex) {
      throw new GoreleaserError(
        "CHECKSUM_CONFLICT",
        `${where}: ${quote(name)} has another ${algorithm} than on line ${entry.line}`,
      );
    }
    entry.digest[algorithm] = hex;
    entries.set(name, entry);
    if (trimmed) warnings.push(nameTrimmed(where, name));
    if (entries.size > MAX_ENTRIES) {
      throw new GoreleaserError("TOO_LARGE", `${fileName} names more than ${MAX_ENTRIES} files`);
    }
  }
  if (entries.size === 0) throw new GoreleaserError("NO_SUBJECTS", `${fileName} names no file`);
  return { entries: [...entries.values()], warnings };
}

interface ReadEntry {
  readonly name: string;
  readonly algorithm: string;
  readonly hex: string;
  readonly trimmed: boolean;
}

function readEntry(text: string, named: NamedAlgorithm | undefined, where: string): ReadEntry {
  const read = readLine(text.trimStart().replace(/\r$/, ""));
  const algorithm = read && algorithmOf(read.digits, read.algorithm, named);
  if (algorithm === undefined) throw unreadable(where, text);
  if (!isStrong(algorithm)) {
    throw new GoreleaserError("CHECKSUM_ALGORITHM", `${where}: ${algorithm} proves nothing here: ${quote(text)}`, {
      hint: "Write the checksums in sha256, sha384 or sha512.",
    });
  }
  const written = read?.name ?? named?.stem;
  const name = written === undefined ? undefined : readName(written, where);
  if (read === undefined || name === undefined) throw unreadable(where, text);
  return { name, algorithm, hex: read.digits.toLowerCase(), trimmed: read.trimmed };
}

function unreadable(where: string, text: string): GoreleaserError {
  return new GoreleaserError("CHECKSUM_LINE", `${where} is not "<hex>  <name>": ${quote(text)}`, {
    hint: "Write all of the digits and the name on every line, as sha256sum does.",
  });
}

function nameTrimmed(where: string, name: string): Warning {
  return { code: "checksum-name-trimmed", message: `${where}: white space around ${quote(name)} is left out` };
}
