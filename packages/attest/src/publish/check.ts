import {
  compareDigests,
  TRUST_RANKS,
  type NotDone,
  type Publication,
  type Publisher,
  type Reason,
  type TrustRank,
} from "@colophon/core";

/** What stands in the way of a release, or what is published of it already. */
export interface Check {
  readonly blockers: Map<Publication, NotDone>;
  /** The same bytes are there already. */
  readonly earlier: ReadonlySet<Publication>;
}

/**
 * Asks the registry about every package before the first is published: versions are for ever. `rankOf`: what
 * consumers will see of a package; absent, nothing is compared.
 */
export async function checkPublications(
  publications: readonly Publication[],
  publisher: Publisher,
  rankOf: ((publication: Publication) => TrustRank) | undefined,
): Promise<Check> {
  const blockers = new Map<Publication, NotDone>();
  const earlier = new Set<Publication>();
  await Promise.all(
    publications.map(async (one) => {
      const found = await checkVersion(one, publisher);
      if (found === "earlier") earlier.add(one);
      const blocker = found === "free" && rankOf !== undefined ? await guardRank(one, rankOf(one), publisher) : found;
      if (typeof blocker === "object") blockers.set(one, blocker);
    }),
  );
  return { blockers, earlier };
}

async function checkVersion(one: Publication, publisher: Publisher): Promise<"free" | "earlier" | NotDone> {
  const { name, version, digest } = one;
  const found = await publisher.state(one);
  if (found.state === "free") return "free";
  if (found.state === "unknown") return { status: "unreachable", reason: found.reason };
  const served = found.digest === undefined ? await publisher.served(one) : undefined;
  if (served?.status === "not-served") return { status: "unreachable", reason: served.reason };
  const known = served?.digest ?? found.digest ?? {};
  if (compareDigests(known, digest) === "match") return "earlier";
  return refused({
    code: "version-taken",
    message: `${name}@${version} is published already, with other bytes (${shown(known)}, packed: ${shown(digest)})`,
    hint: "A published version cannot be changed. Raise the version, or run where the same tarball is packed.",
  });
}

/** A consumer whose package manager allows no downgrade (`trustPolicy: no-downgrade`) would refuse the release. */
async function guardRank(one: Publication, rank: TrustRank, publisher: Publisher): Promise<NotDone | undefined> {
  const before = await publisher.predecessor(one);
  if (before.status === "none") return undefined;
  if (before.status === "unknown") return { status: "unreachable", reason: before.reason };
  if (TRUST_RANKS.indexOf(rank) <= TRUST_RANKS.indexOf(before.rank)) return undefined;
  return refused({
    code: "trust-downgrade",
    message: `${one.name}@${one.version} would be published with ${SAID[rank]}, and ${before.version} was with ${SAID[before.rank]}`,
    hint: "Publish it as its predecessor was, or allow it: package managers that are told to refuse downgrades will not install it.",
  });
}

const SAID: Readonly<Record<TrustRank, string>> = {
  staged: "staged publishing",
  "trusted-publisher": "a trusted publisher",
  provenance: "provenance",
  none: "no provenance",
};

/** The strongest digest, for people. */
export function shown(digest: Publication["digest"]): string {
  const algorithm = ["sha512", "sha384", "sha256"].find((one) => digest[one] !== undefined) ?? "sha1";
  return `${algorithm}:${digest[algorithm]}`;
}

function refused(reason: Reason): NotDone {
  return { status: "refused", reason };
}
