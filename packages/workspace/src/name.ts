import { WorkspaceError } from "./error.ts";

/**
 * Controls, separators of lines, bidirectional and other invisible marks, halves of surrogate pairs, and what stands for
 * bytes that are not UTF-8. The two joiners are letters' companions in some scripts and stay.
 */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]/u;

const MAX_QUOTED = 200;

export function isSafeName(name: string): boolean {
  return !UNSAFE.test(name);
}

/** Refuses a name that would not read as what it is. Throws NAME_UNSAFE. */
export function assertSafeName(name: string): void {
  if (isSafeName(name)) return;
  throw new WorkspaceError("NAME_UNSAFE", `${quote(name)} has characters that cannot be seen`, {
    hint: "Rename the file: the name would stand in a signed statement for ever.",
  });
}

/** A name for a message: quoted, unsafe characters escaped, shortened to 200 characters. */
export function quote(name: string): string {
  const shown = name.length > MAX_QUOTED ? `${name.slice(0, MAX_QUOTED)}…` : name;
  const escaped = JSON.stringify(shown);
  return escaped.replace(new RegExp(UNSAFE, "gu"), (mark) => `\\u{${mark.codePointAt(0)?.toString(16) ?? ""}}`);
}

/** Order of code points, which is that of UTF-8 bytes and not that of UTF-16. */
export function compareCodePoints(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
