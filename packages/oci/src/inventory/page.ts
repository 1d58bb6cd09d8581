import type { Gap, InventoryPage, Target } from "@colophon/core";
import type { OciReason } from "../reason.ts";

export function emptyPage(key: string): InventoryPage {
  return { key, objects: [], withdrawn: [], gaps: [], warnings: [] };
}

/** Without a digest it comes before all others of the target. */
export function keyOf({ name, range }: Target, digest = ""): string {
  return `oci:${name}${range === undefined ? "" : `#${range}`}@${digest}`;
}

export function gapOf(target: string, reason: OciReason): Gap {
  return { channel: "oci", target, reason };
}
