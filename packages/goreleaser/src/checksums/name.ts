import { GoreleaserError, quote } from "../error.ts";

/** What Linux takes as a path at most, in characters. */
const MAX_LENGTH = 4096;

/**
 * The one spelling of a name in a checksum file: a path below the folder of the file, `/` between segments, without
 * `.` segments. Undefined where no file can have it. A backslash stays, for it is part of a name on most systems, but
 * the parts around it may no more lead out of the folder than segments. Throws NAME_OUTSIDE_FOLDER; `where` begins
 * the message.
 */
export function readName(name: string, where: string): string | undefined {
  if (name.length > MAX_LENGTH || /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(name)) return undefined;
  if (/^(?:[/\\]|[A-Za-z]:)/.test(name) || name.split(/[/\\]/).includes("..")) {
    throw new GoreleaserError("NAME_OUTSIDE_FOLDER", `${where}: ${quote(name)} lies outside the folder of the file`, {
      hint: "Name files by their path below that folder, and write the checksum file beside them.",
    });
  }
  const segments = name.split("/").filter((segment) => segment !== "" && segment !== ".");
  return segments.length === 0 ? undefined : segments.join("/");
}
