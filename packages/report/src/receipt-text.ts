import type { Reason, Receipt, ReceiptObject, ReceiptStatement } from "@colophon/core";
import { plainText } from "./plain-text.ts";
import { emphasize, mute, paint, type Style } from "./style.ts";

const MOST_NAMED = 10;

const HEADS = {
  sealed: { sign: "✓", color: "green" },
  incomplete: { sign: "?", color: "cyan" },
  refused: { sign: "✗", color: "red" },
} as const;

/** What an emission did, for people. */
export function renderReceiptText(receipt: Receipt, style: Style): string {
  const { status, objects, level, statements, warnings } = receipt;
  const { sign, color } = HEADS[status];
  const proven = objects.filter((one) => one.proven).length;
  const worth = level === undefined ? "" : `  SLSA Build level ${level}`;
  const lines = [`${paint(color, `${sign} ${status}`, style)}  ${proven} of ${objects.length} objects proven${worth}`];
  if (receipt.reason !== undefined) lines.push(...renderReason(receipt.reason, "  ", style));
  for (const statement of statements) lines.push(...renderStatement(statement, style));
  for (const object of objects.filter(({ published, reason }) => published ?? reason))
    lines.push(...renderPublished(object, style));
  const unproven = objects.filter((one) => !one.proven).map(({ name }) => plainText(name, 100));
  if (unproven.length > 0) {
    const more = unproven.length > MOST_NAMED ? ` and ${unproven.length - MOST_NAMED} more` : "";
    lines.push(`  not proven: ${unproven.slice(0, MOST_NAMED).join(", ")}${more}`);
  }
  if (status === "incomplete")
    lines.push("  → Run the same command again: it finishes what is missing, and signs nothing twice.");
  lines.push(...warnings.map(({ message }) => `  Note: ${plainText(message)}`));
  return `${lines.join("\n")}\n`;
}

const PUBLISHED = { now: "published", earlier: "was published before", not: "not published" } as const;
const PROVENANCE = {
  proven: ", provenance read back from the registry",
  refused: ", without the registry's provenance",
  unreachable: ", the registry's provenance not seen yet",
} as const;

function renderPublished({ name, proven, published, reason }: ReceiptObject, style: Style): string[] {
  const said = published?.provenance === undefined ? "" : PROVENANCE[published.provenance];
  const facts = published === undefined ? "" : `  ${PUBLISHED[published.status]}${said}`;
  const lines = [`  ${proven ? "✓" : "✗"} ${emphasize(plainText(name, 260), style)}${facts}`];
  return reason === undefined ? lines : [...lines, ...renderReason(reason, "    ", style)];
}

function renderStatement(statement: ReceiptStatement, style: Style): string[] {
  const { bundle, subjects, signed, witnesses, deposits, reason } = statement;
  const by = witnesses.map(({ kind, name }) => (name === undefined ? kind : `${kind} ${plainText(name, 100)}`));
  const how = { now: "signed", earlier: "signed by an earlier run", not: "not signed" }[signed];
  const facts = [`${subjects} ${subjects === 1 ? "subject" : "subjects"}`, how, ...by].join(", ");
  const lines = [`  ${emphasize(plainText(bundle, 260), style)}  ${facts}`];
  for (const { store, location, status } of deposits) {
    lines.push(`    ${status === "proven" ? "✓" : "✗"} ${store} ${mute(plainText(location, 260), style)}`);
  }
  if (reason !== undefined) lines.push(...renderReason(reason, "    ", style));
  return lines;
}

function renderReason({ code, message, hint }: Reason, indent: string, style: Style): string[] {
  const lines = [`${indent}${plainText(message, 600)} ${mute(`(${code})`, style)}`];
  if (hint !== undefined) lines.push(`${indent}→ ${plainText(hint, 600)}`);
  return lines;
}
