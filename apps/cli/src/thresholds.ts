import type { Threshold } from "@colophon/coverage";
import { UsageError } from "./usage-error.ts";

const CHANNELS = ["npm", "github", "oci", "helm", "file"] as const;

/** Reads `--fail-under PCT` and `CHANNEL=PCT`; percentages from 0 to 100, a `%` behind them is accepted. */
export function readThresholds(texts: readonly string[]): Threshold[] {
  return texts.map((text) => {
    const match = /^(?:([a-z]+)=)?(\d{1,3}(?:\.\d+)?)%?$/.exec(text);
    const percentage = Number(match?.[2]);
    const channel = CHANNELS.find((name) => name === match?.[1]);
    if (match === null || percentage > 100 || (match[1] !== undefined && channel === undefined)) {
      throw new UsageError(
        `--fail-under ${JSON.stringify(text)} is not a percentage`,
        "Write --fail-under 95 or --fail-under npm=100.",
      );
    }
    return { least: Number(`${match[2]}e-2`), ...(channel === undefined ? {} : { channel }) };
  });
}
