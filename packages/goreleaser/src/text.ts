import { GoreleaserError } from "./error.ts";

/** The order of sorted lines, in which GoReleaser writes. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The lines of a text file, in UTF-8 or, as PowerShell writes them, in UTF-16 with a byte order mark.
 * Throws TEXT_UNREADABLE or TOO_LARGE.
 */
export function readLines(file: Uint8Array | string, fileName: string): readonly string[] {
  if (file.length > MAX_BYTES) {
    throw new GoreleaserError("TOO_LARGE", `${fileName} has ${file.length} bytes, more than ${MAX_BYTES}`);
  }
  const text = typeof file === "string" ? file.replace(/^\ufeff/, "") : decode(file, fileName);
  return text.split("\n");
}

function decode(bytes: Uint8Array, fileName: string): string {
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  const encoding = mark === 0xff_fe ? "utf-16le" : mark === 0xfe_ff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new GoreleaserError("TEXT_UNREADABLE", `${fileName} is not text in ${encoding.toUpperCase()}`, {
      hint: "Write it in UTF-8, or in UTF-16 with a byte order mark.",
      cause,
    });
  }
}
