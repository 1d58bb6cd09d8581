import type { CoveredObject, Evidence, ReleaseObject, Verdict } from "@colophon/core";

/** One row of the result. */
export function toCoveredObject(
  object: ReleaseObject,
  verdict: Verdict,
  exempt: CoveredObject["exempt"] | undefined,
): CoveredObject {
  const { failure, provenBy, members } = verdict;
  return {
    id: object.id,
    channels: object.channels,
    locations: object.locations,
    digest: object.digest,
    publishedAt: object.publishedAt,
    status: verdict.status,
    ...(failure === undefined ? {} : { reason: failure }),
    ...(provenBy === undefined ? {} : { provenBy }),
    ...(members === undefined ? {} : { members }),
    ...(exempt === undefined ? {} : { exempt }),
    level: verdict.level,
    source: verdict.source,
    builder: verdict.builder,
    workflow: verdict.workflow,
    expectation: verdict.expectation,
    evidence: verdict.evidence,
    warnings: verdict.warnings,
    visibleTo: visibleTo(verdict.evidence),
  };
}

/** Where each checker looks: npm and slsa-verifier at the registry, gh at GitHub's store, cosign at referrers, Scorecard at release assets. */
const LOOKS_AT: Readonly<Record<string, readonly Evidence["store"][]>> = {
  npm: ["npm"],
  gh: ["github"],
  cosign: ["oci"],
  "slsa-verifier": ["npm", "release"],
  scorecard: ["release"],
};

/** By the object's own proofs: a checker that is given an image index does not look at its platforms. */
function visibleTo(evidence: readonly Evidence[]): Record<string, boolean> {
  const found = new Set(evidence.map(({ store }) => store));
  return Object.fromEntries(
    Object.entries(LOOKS_AT).map(([checker, stores]) => [checker, stores.some((store) => found.has(store))]),
  );
}
