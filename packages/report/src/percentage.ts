import type { Bounds } from "@colophon/core";

/** "62.5 %", or "62.5–71.0 %" where unknowns leave it open; rounded down, so that only everything is 100 %. */
export function percentage(bounds: Bounds | null): string {
  if (bounds === null) return "–";
  const [least, most] = [digits(bounds.least), digits(bounds.most)];
  return least === most ? `${least} %` : `${least}–${most} %`;
}

function digits(fraction: number): string {
  return fraction === 1 ? "100" : (Math.floor(fraction * 1000 + 1e-9) / 10).toFixed(1);
}
