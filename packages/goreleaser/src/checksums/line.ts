/** One line of a checksum file, not yet judged. */
export interface ReadLine {
  readonly digits: string;
  /** The algorithm where the line itself names it. */
  readonly algorithm: string | undefined;
  /** Undefined where the line tells none. */
  readonly name: string | undefined;
  /** White space around the name was left out: most likely it is none of it. */
  readonly trimmed: boolean;
}

/** `SHA256 (name) = hex`, and `SHA256(name)= hex` of OpenSSL. */
const TAGGED = /^(?<algorithm>[A-Za-z][A-Za-z0-9/-]*) ?\((?<name>.+)\) ?= ?(?<digits>[0-9A-Fa-f]+)$/;
/**
 * `hex  name`, `hex *name`, and what is written by hand. A point stops at a carriage return: where lines end with that
 * alone, all but the first would be taken for part of a name.
 */
const PLAIN = /^(?:(?<algorithm>[A-Za-z][A-Za-z0-9-]*):)?(?<digits>[0-9A-Fa-f]+)(?:(?: {2}| \*|[ \t])(?<name>.*))?$/;

/** What `sha256sum < widget > widget.sha256` writes for the name that it was not told. */
const STANDARD_INPUT = "-";
/** In characters: twice what a path may have, for every character of it may be escaped. */
const MAX_LENGTH = 8400;

/** Splits a line that is neither blank nor a comment; undefined where it is none of a checksum file. */
export function readLine(line: string): ReadLine | undefined {
  if (line.length > MAX_LENGTH) return undefined;
  const isEscaped = line.startsWith("\\");
  const body = isEscaped ? line.slice(1) : line;
  const { digits, algorithm, name: written } = (TAGGED.exec(body) ?? PLAIN.exec(body))?.groups ?? {};
  if (digits === undefined) return undefined;
  const trimmed = written?.trim() ?? "";
  if (trimmed === "" || trimmed === STANDARD_INPUT) return { digits, algorithm, name: undefined, trimmed: false };
  const name = isEscaped ? unescape(trimmed) : trimmed;
  return name === undefined ? undefined : { digits, algorithm, name, trimmed: trimmed !== written };
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\", n: "\n", r: "\r" };

/** GNU coreutils, "cksum output modes": a line whose name is escaped starts with a backslash. */
function unescape(name: string): string | undefined {
  if (!/^(?:[^\\]|\\[\\nr])*$/.test(name)) return undefined;
  return name.replace(/\\([\\nr])/g, (_, letter: string) => ESCAPES[letter] ?? "");
}
