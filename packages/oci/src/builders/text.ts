import { OciError } from "../error.ts";
import { invalid } from "./failure.ts";

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_LINES = 1_000_000;
/** Colours and other sequences of terminals (ECMA-48 §5.4, and OSC), which logs keep. */
const SEQUENCE = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

/**
 * The text of a file of at most 16 MB, in UTF-8 or, as PowerShell redirects, in UTF-16 with a byte order mark.
 * Throws TOO_LARGE or BUILDER_OUTPUT_INVALID.
 */
export function decodeText(bytes: Uint8Array, where: string): string {
  if (bytes.byteLength > MAX_BYTES) {
    throw new OciError("TOO_LARGE", `${where} has ${bytes.byteLength} bytes, more than ${MAX_BYTES}`);
  }
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  const encoding = mark === 0xff_fe ? "utf-16le" : mark === 0xfe_ff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(where, `it is not text in ${encoding.toUpperCase()}`, "Write it in UTF-8.", cause);
  }
}

/** The lines that hold something, without what terminals are told and without blanks at their ends. Throws TOO_LARGE. */
export function readLines(text: string, where: string): readonly string[] {
  const lines = text.replace(SEQUENCE, "").split(/[\r\n]/, MAX_LINES + 1);
  if (lines.length > MAX_LINES) throw new OciError("TOO_LARGE", `${where} has more than ${MAX_LINES} lines`);
  return lines.map((line) => line.trimEnd()).filter((line) => line !== "");
}
