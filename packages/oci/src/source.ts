import type { Descriptor } from "./descriptor.ts";

/** Where the attestations of an object lie: a layout, or a repository of a registry. */
export interface Source {
  /** Reads a blob whole, checked against its digest. Throws OciError. */
  blob(descriptor: Pick<Descriptor, "digest" | "size">): Promise<Uint8Array>;
  /** How a manifest in it is named to people. */
  locationOf(digest: string): string;
}
