import type { CoveredObject } from "@colophon/core";
import { showId } from "./object-id.ts";
import { plainText } from "./plain-text.ts";
import { emphasize, mute, showStatus, type Style } from "./style.ts";

const SHOWN = 6;

/** Why objects are not verified, those with the same cause together, and what to do about it. */
export function renderReasons(objects: readonly CoveredObject[], style: Style): string {
  const failed = objects.filter(({ reason }) => reason !== undefined);
  const groups = Map.groupBy(failed, ({ status, reason, members }) => {
    // That of an image index names its platforms, which others need not have.
    const own = members === undefined ? "" : reason?.message;
    return [status, reason?.code, reason?.actual, own].join("\n");
  });
  const ordered = [...groups.values()].toSorted((left, right) => rank(left) - rank(right));
  const blocks = ordered.map((group) => renderGroup(group, style));
  return blocks.length === 0 ? "" : [emphasize("Why not", style), ...blocks].join("\n");
}

function rank([first]: readonly CoveredObject[]): number {
  return first === undefined ? 0 : ["mismatch", "present", "missing", "unknown"].indexOf(first.status);
}

function renderGroup(group: readonly CoveredObject[], style: Style): string {
  const [first] = group;
  if (first?.reason === undefined) return "";
  const { check, code, message, expected, actual, hint } = first.reason;
  const names = group.slice(0, SHOWN).map(({ id }) => showId(id));
  const more = group.length > SHOWN ? ` and ${group.length - SHOWN} more` : "";
  return [
    `  ${showStatus(first.status, style)}  ${names.join(", ")}${more}`,
    `      ${plainText(message)} ${mute(`(${check}: ${code})`, style)}`,
    ...(expected === undefined ? [] : [`      expected  ${plainText(expected)}`]),
    ...(actual === undefined ? [] : [`      found     ${plainText(actual)}`]),
    ...(hint === undefined ? [] : [`      → ${plainText(hint, 600)}`]),
  ].join("\n");
}
