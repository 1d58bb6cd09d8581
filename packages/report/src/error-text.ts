import type { Reason } from "@colophon/core";
import { plainText } from "./plain-text.ts";

const MOST_LINES = 50;
const MOST_CHARACTERS = 2000;

/** What is wrong and what to do, of an error of ours or a reason; anything else is a fault of the program, and says so. */
export function renderErrorText(program: string, error: unknown): string {
  const known = isReason(error) ? error : undefined;
  const message = known?.message ?? (error instanceof Error ? error.message : String(error));
  // What a tool printed last stands in it, line by line.
  const lines = message.split("\n", MOST_LINES).map((line) => plainText(line, MOST_CHARACTERS));
  const text = lines.join("\n    ");
  if (known === undefined)
    return `${program}: internal error: ${text}\n  → This is a fault of Colophon: report what it prints.\n`;
  const hint = known.hint === undefined ? "" : `\n  → ${plainText(known.hint, MOST_CHARACTERS)}`;
  return `${program}: ${text} (${known.code})${hint}\n`;
}

function isReason(error: unknown): error is Reason {
  if (typeof error !== "object" || error === null || !("code" in error && "message" in error)) return false;
  // What the system throws has a code too, and says nothing of what to do.
  return !(error instanceof Error) || "hint" in error;
}
