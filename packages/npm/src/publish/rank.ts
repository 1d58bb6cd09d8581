import type { PublishedVersion } from "../packument/packument.ts";

const RANKS = ["none", "provenance", "trusted-publisher", "staged"] as const;

/** How strongly a registry says where a version comes from, the weakest first. */
export type TrustRank = (typeof RANKS)[number];

/** Below zero where the left one is weaker. */
export function compareRanks(left: TrustRank, right: TrustRank): number {
  return RANKS.indexOf(left) - RANKS.indexOf(right);
}

/**
 * As pnpm's `trustPolicy` reads a packument: `_npmUser.approver` tells of a staged publish, `_npmUser.trustedPublisher`
 * counts together with `dist.attestations.provenance` alone.
 */
export function rankOf({ approved, trustedPublisher, attestations }: PublishedVersion): TrustRank {
  if (approved === true) return "staged";
  if (attestations?.provenanceType === undefined) return "none";
  return trustedPublisher === true ? "trusted-publisher" : "provenance";
}
