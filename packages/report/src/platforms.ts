import type { JudgedMember } from "@colophon/core";
import { plainText } from "./plain-text.ts";

/** What proves an image index. */
export const PROVEN_BY = { index: "the index itself", platforms: "each of its platforms" } as const;

/** A member of an image index by its platform, else by its digest, cut. */
export function showPlatform({ platform, digest }: JudgedMember): string {
  const [[algorithm, hex] = ["", ""]] = Object.entries(digest);
  return plainText(platform ?? `${algorithm}:${hex.slice(0, 12)}`, 40);
}
