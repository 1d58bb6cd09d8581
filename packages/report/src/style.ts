import { styleText } from "node:util";
import type { Status } from "@colophon/core";

/** How results look on a terminal; `color: false` gives plain text. */
export interface Style {
  readonly color: boolean;
}

const LOOKS: Record<Status, { sign: string; color: "green" | "yellow" | "red" | "magenta" | "cyan" }> = {
  verified: { sign: "✓", color: "green" },
  present: { sign: "!", color: "yellow" },
  mismatch: { sign: "✗", color: "red" },
  missing: { sign: "○", color: "magenta" },
  unknown: { sign: "?", color: "cyan" },
};

/** The status with its sign, so that it can be told without color. */
export function showStatus(status: Status, { color }: Style, width = 0): string {
  const { sign, color: name } = LOOKS[status];
  return paint(name, `${sign} ${status}`.padEnd(width), { color });
}

export function paint(name: "green" | "yellow" | "red" | "magenta" | "cyan", text: string, { color }: Style): string {
  return color ? styleText(name, text, { validateStream: false }) : text;
}

export function emphasize(text: string, { color }: Style): string {
  return color ? styleText("bold", text, { validateStream: false }) : text;
}

export function mute(text: string, { color }: Style): string {
  return color ? styleText("dim", text, { validateStream: false }) : text;
}
