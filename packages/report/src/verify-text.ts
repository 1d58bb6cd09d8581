import type { Evidence, JudgedMember, VerifyResult } from "@colophon/core";
import { plainText } from "./plain-text.ts";
import { PROVEN_BY, showPlatform } from "./platforms.ts";
import { emphasize, mute, showStatus, type Style } from "./style.ts";

/** The result of verifying one object, for people. */
export function renderVerifyText(result: VerifyResult, style: Style): string {
  const { failure } = result;
  const level = result.level === null ? "" : `  SLSA Build level ${result.level}`;
  const lines = [`${showStatus(result.status, style)}  ${emphasize(plainText(result.object), style)}${level}`];
  if (failure !== undefined) {
    lines.push(`  ${plainText(failure.message)} ${mute(`(${failure.check}: ${failure.code})`, style)}`);
    if (failure.expected !== undefined) lines.push(`  expected  ${plainText(failure.expected)}`);
    if (failure.actual !== undefined) lines.push(`  found     ${plainText(failure.actual)}`);
    if (failure.hint !== undefined) lines.push(`  → ${plainText(failure.hint, 600)}`);
  }
  const facts: [string, string | null | undefined][] = [
    ["proven by", result.provenBy && PROVEN_BY[result.provenBy]],
    ["source", result.source?.repository],
    ["ref", result.source?.ref],
    ["commit", result.source?.commit],
    ["workflow", result.workflow],
    ["builder", result.builder],
    ["predicate", result.predicateType],
    ["signed", result.signedAt],
  ];
  for (const [name, value] of facts)
    if (value !== null && value !== undefined) lines.push(`  ${name.padEnd(9)} ${plainText(value)}`);
  lines.push(...result.evidence.map((evidence) => renderEvidence(evidence, style)));
  lines.push(...(result.members ?? []).flatMap((member) => renderMember(member, style)));
  lines.push(...result.warnings.map(({ message }) => `  Note: ${plainText(message)}`));
  return `${lines.join("\n")}\n`;
}

function renderMember(member: JudgedMember, style: Style): readonly string[] {
  const level = member.level === null ? "" : `  SLSA Build level ${member.level}`;
  const why = member.reason === undefined ? "" : ` ${mute(`(${member.reason.check}: ${member.reason.code})`, style)}`;
  return [
    `  ${showPlatform(member)}  ${showStatus(member.status, style)}${level}${why}`,
    ...member.evidence.map((evidence) => `  ${renderEvidence(evidence, style)}`),
  ];
}

function renderEvidence({ verdict, predicateType, signer, location, authenticated }: Evidence, style: Style): string {
  const sign = verdict === "verified" ? "✓" : "✗";
  const claims = authenticated ? "" : "claims to be ";
  const nothing = authenticated ? "signature without a statement" : "unreadable attestation";
  const what = predicateType === null ? nothing : `${claims}${plainText(predicateType, 100)}`;
  const who = signer === null ? "" : `${authenticated ? "" : ","} ${claims}signed by ${plainText(signer, 160)}`;
  const why = verdict === "verified" ? "" : ` (${verdict})`;
  return `  ${sign} ${what}${who}${why} ${mute(plainText(location, 200), style)}`;
}
