import type { Plan } from "@colophon/core";
import { plainText } from "./plain-text.ts";
import { emphasize, mute, type Style } from "./style.ts";

/** What would be signed, for people. */
export function renderPlanText({ predicateType, level, subjects, statements, warnings }: Plan, style: Style): string {
  const worth = level === undefined ? "" : `  SLSA Build level ${level}`;
  const lines = [`${emphasize(plainText(predicateType), style)}${worth}`];
  const byName = new Map(subjects.map((subject) => [subject.name, subject]));
  for (const { files, subjects: names } of statements) {
    lines.push(`  ${plainText(files.bundle, 260)}`);
    for (const name of names) {
      const [algorithm, hex] = Object.entries(byName.get(name)?.digest ?? {})[0] ?? [];
      lines.push(`    ${plainText(name, 200)} ${mute(plainText(`${algorithm}:${hex}`, 150), style)}`);
    }
  }
  lines.push(...warnings.map(({ message }) => `  Note: ${plainText(message)}`));
  return `${lines.join("\n")}\n`;
}
