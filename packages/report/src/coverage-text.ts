import {
  STATUSES,
  type CoveredObject,
  type CoverageResult,
  type JudgedMember,
  type Status,
  type Tally,
} from "@colophon/core";
import { percentage } from "./percentage.ts";
import { plainText } from "./plain-text.ts";
import { PROVEN_BY, showPlatform } from "./platforms.ts";
import { renderReasons } from "./reasons.ts";
import { showId, showTags } from "./object-id.ts";
import { emphasize, mute, showStatus, type Style } from "./style.ts";
import { renderTable } from "./table.ts";

/** Coverage for people: a table for each package, why not, and what to do; the last line is the sum. */
export function renderCoverageText(result: CoverageResult, style: Style): string {
  const packages = Map.groupBy(result.objects, (object) => packageOf(object));
  const tables = [...packages].map(([name, objects]) => renderPackage(name, objects, style));
  return [...tables, renderReasons(result.objects, style), renderNotes(result, style), renderSum(result, style)]
    .filter((part) => part !== "")
    .map((part) => `${part}\n`)
    .join("\n");
}

/** The ids of all that are not verified, one a line. */
export function renderMissing(result: CoverageResult): string {
  return result.objects
    .filter(({ status }) => status !== "verified")
    .map(({ id }) => `${plainText(id)}\n`)
    .join("");
}

function packageOf({ id, channels }: CoveredObject): string {
  return `${channels.join(", ")}  ${showId(id).replace(/(?<=.)@[^@]*$/, "")}`;
}

function renderPackage(name: string, objects: readonly CoveredObject[], style: Style): string {
  const rows = objects.flatMap((object) => [toRow(object), ...(object.members ?? []).map(toMemberRow)]);
  const cells = rows.map((row) => row.cells);
  const lines = renderTable([["version", "status", "level", "published", "from"], ...cells], (cell, row, column) => {
    const shown = rows[row - 1];
    if (shown === undefined) return mute(column === 1 ? `  ${cell}` : cell, style);
    return column === 1 ? showStatus(shown.status, style, cell.length + 2) : cell;
  });
  const verified = objects.filter(({ status }) => status === "verified").length;
  const title = `${plainText(name)}   ${verified} of ${objects.length} verified`;
  return [emphasize(title, style), ...lines.map((line) => `  ${line}`)].join("\n");
}

interface Row {
  readonly status: Status;
  readonly cells: readonly string[];
}

function toRow(object: CoveredObject): Row {
  const { status, level, publishedAt } = object;
  const cells = [versionOf(object), status, showLevel(level), publishedAt?.slice(0, 10) ?? "–", describeSource(object)];
  return { status, cells };
}

/** Under its index, which says what it was built from. */
function toMemberRow(member: JudgedMember): Row {
  const { status, level, reason } = member;
  const why = status === "missing" || reason === undefined ? "" : plainText(reason.code, 60);
  return { status, cells: [`  ${showPlatform(member)}`, status, showLevel(level), "", why] };
}

function showLevel(level: number | null): string {
  return level === null ? "–" : `L${level}`;
}

function versionOf({ id, locations }: CoveredObject): string {
  return showTags(locations) ?? showId(id).replace(/^.+@(?=[^@]*$)/, "");
}

function describeSource({ source, workflow, status, provenBy }: CoveredObject): string {
  const by = provenBy === undefined ? [] : [`by proof of ${PROVEN_BY[provenBy]}`];
  if (status !== "verified" || source?.repository === undefined) return by.join("");
  const commit = source.commit === undefined ? "" : `@${source.commit.slice(0, 8)}`;
  const from = `${source.repository}${commit}${workflow === null ? "" : `  ${workflow}`}`;
  return [plainText(from, 160), ...by].join("  ");
}

/** What could not be listed, what was withdrawn, and what else is worth saying; empty where there is nothing. */
export function renderNotes(result: CoverageResult, style: Style): string {
  const gaps = result.gaps.map(({ channel, target, reason }) => {
    const hint = reason.hint === undefined ? "" : `\n    → ${plainText(reason.hint)}`;
    return `${showStatus("unknown", style)}  not listed: ${channel} ${plainText(target)}: ${plainText(reason.message)}${hint}`;
  });
  const withdrawn = result.withdrawn.length === 0 ? [] : [`Withdrawn, in no count: ${listShort(result.withdrawn)}`];
  const warnings = result.warnings.map(({ message }) => `Note: ${plainText(message)}`);
  return [...gaps, ...withdrawn, ...warnings].join("\n");
}

function listShort(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).map(showId);
  return ids.length > shown.length ? `${shown.join(", ")} and ${ids.length - shown.length} more` : shown.join(", ");
}

function renderSum(result: CoverageResult, style: Style): string {
  const { summary } = result;
  const incomplete = result.complete ? "" : "  INCOMPLETE: not everything could be listed";
  const counts = STATUSES.filter((status) => summary[status] > 0).map((status) => showCount(status, summary));
  const exempt = summary.exempt > 0 ? [`${summary.exempt} exempt`] : [];
  const parts = summary.objects === 0 ? ["no objects"] : [...counts, ...exempt];
  const lines = [
    emphasize(`Coverage ${percentage(summary.coverage)}`, style) +
      `  ${summary.objects} ${summary.objects === 1 ? "object" : "objects"}: ${parts.join(", ")}${incomplete}`,
  ];
  if (summary.objects > 0) {
    const latest = `latest release ${percentage(summary.latest.coverage)}`;
    const adopted = `since adoption ${percentage(summary.sinceAdoption.coverage)}`;
    const level = summary.slsa["v0.1"].provenance;
    lines.push(mute(`${latest} · ${adopted} · SLSA v0.1 Provenance level ${level ?? "–"}`, style));
  }
  return lines.join("\n");
}

function showCount(status: Status, tally: Tally): string {
  return `${tally[status]} ${status}`;
}
