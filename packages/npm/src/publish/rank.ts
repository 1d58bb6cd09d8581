import type { TrustRank } from "@colophon/core";
import type { PublishedVersion } from "../packument/packument.ts";

/**
 * As pnpm's `trustPolicy` reads a packument: `_npmUser.approver` tells of a staged publish, `_npmUser.trustedPublisher`
 * counts together with `dist.attestations.provenance` alone.
 */
export function rankOf({ approved, trustedPublisher, attestations }: PublishedVersion): TrustRank {
  if (approved === true) return "staged";
  if (attestations?.provenanceType === undefined) return "none";
  return trustedPublisher === true ? "trusted-publisher" : "provenance";
}
