import { type Channel, type CoverageResult, gatedBounds, meetsThreshold } from "@colophon/core";

/** The least coverage asked for, as a fraction from 0 to 1, of everything or of one channel. */
export interface Threshold {
  readonly channel?: Channel;
  readonly least: number;
}

/** 0 met, 1 judged and not met, 3 incomplete (design §6). */
export type GateCode = 0 | 1 | 3;

/** What the thresholds say of a result. The worst one decides: failed, then incomplete, then met. */
export function gate(result: CoverageResult, thresholds: readonly Threshold[], allowUnknown: boolean): GateCode {
  const open = thresholds.length === 0 ? result.summary.unknown > 0 && !allowUnknown : false;
  const codes = thresholds.map((threshold) => gateOne(result, threshold, allowUnknown));
  if (codes.includes(1)) return 1;
  return open || codes.includes(3) || !result.complete ? 3 : 0;
}

function gateOne(result: CoverageResult, { channel, least }: Threshold, allowUnknown: boolean): GateCode {
  const objects = result.objects.filter(({ channels }) => channel === undefined || channels.includes(channel));
  const found = gatedBounds(objects.map(({ status, exempt }) => ({ status, exempt: exempt !== undefined })));
  const gaps = result.gaps.some((gap) => channel === undefined || gap.channel === channel);
  // Where every object is exempt nothing is left that could fail.
  if (found === null) return !gaps && (least === 0 || objects.length > 0) ? 0 : 3;
  const met = meetsThreshold(allowUnknown ? { ...found, least: found.most } : found, least);
  // Unlisted objects that are verified could still raise any share, except to all of them.
  if (gaps) return met === "failed" && least === 1 ? 1 : 3;
  return met === "met" ? 0 : met === "failed" ? 1 : 3;
}
