import { STATUSES, type CoveredObject, type CoverageResult, type Status, type Tally } from "@colophon/core";
import { percentage } from "./percentage.ts";
import { plainText } from "./plain-text.ts";
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
  const rows = objects.map((object) => [
    versionOf(object),
    object.status,
    object.level === null ? "–" : `L${object.level}`,
    object.publishedAt?.slice(0, 10) ?? "–",
    describeSource(object),
  ]);
  const lines = renderTable([["version", "status", "level", "published", "from"], ...rows], (cell, row, column) => {
    const object = objects[row - 1];
    if (object === undefined) return mute(column === 1 ? `  ${cell}` : cell, style);
    return column === 1 ? showStatus(object.status, style, cell.length + 2) : cell;
  });
  const verified = objects.filter(({ status }) => status === "verified").length;
  const title = `${plainText(name)}   ${verified} of ${objects.length} verified`;
  return [emphasize(title, style), ...lines.map((line) => `  ${line}`)].join("\n");
}

function versionOf({ id, locations }: CoveredObject): string {
  return showTags(locations) ?? showId(id).replace(/^.+@(?=[^@]*$)/, "");
}

function describeSource({ source, workflow, status }: CoveredObject): string {
  if (status !== "verified" || source?.repository === undefined) return "";
  const commit = source.commit === undefined ? "" : `@${source.commit.slice(0, 8)}`;
  return plainText(`${source.repository}${commit}${workflow === null ? "" : `  ${workflow}`}`, 160);
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
