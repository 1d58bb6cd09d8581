import type { Layout } from "./layout.ts";

/** How a manifest in a layout is named to people: `oci-layout:<folder>@<digest>`. */
export function locationOf({ folder }: Layout, digest: string): string {
  return `oci-layout:${folder}@${digest}`;
}
