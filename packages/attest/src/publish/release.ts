import type { NotDone, Plan, Publication, Publisher, Receipt, TrustRank, Warning } from "@colophon/core";
import type { Metadata } from "@colophon/goreleaser";
import { claimAll, writePlan, writeResults } from "../emit.ts";
import type { SealPorts } from "../ports.ts";
import { toReceipt } from "../receipt.ts";
import { seal } from "../seal.ts";
import { checkPublications } from "./check.ts";
import { publishAll } from "./publish.ts";
import { receiptOfRelease, type Outcome } from "./receipt.ts";
import { readRegistryProvenance } from "./registry-provenance.ts";

export interface ReleaseRequest {
  readonly publications: readonly Publication[];
  /** A statement for each of them, whose one subject is its `id`. */
  readonly plan: Plan;
  /** Who proves it at the registry: the registry's own client, our bundle that goes along, or nobody. */
  readonly registryProvenance: "registry" | "bundle" | "none";
  /** Left out, and said so, where its version was published with other bytes: what was not bumped is no part of a release. */
  readonly isOptional?: (publication: Publication) => boolean;
  /** What consumers will see of a package; absent, it may rank below its predecessor. */
  readonly rankOf?: (publication: Publication) => TrustRank;
  readonly metadata: Metadata;
}

/**
 * Publishes packages so that N published are N proven: asks before the first is published, publishes, reads back, and
 * signs what the registry serves, once it is what was packed. Where our bundle goes along with the package it has to be
 * signed before. Done again, it finishes what is missing. Rejects where the output folder cannot be written; where
 * something else has a name in it that is needed, before anything is published.
 */
export async function release(
  request: ReleaseRequest,
  publisher: Publisher,
  ports: Omit<SealPorts, "observe">,
): Promise<Receipt> {
  const { registryProvenance, rankOf, isOptional = () => false, metadata } = request;
  const { blockers, earlier } = await checkPublications(request.publications, publisher, rankOf);
  const left = request.publications.filter((one) => isOptional(one) && isTaken(blockers.get(one)));
  for (const one of left) blockers.delete(one);
  const publications = request.publications.filter((one) => !left.includes(one));
  const plan = partOf(request.plan, publications, left.map(leftOut));
  await claimAll(plan, ports);
  await writePlan(plan, ports);
  const finish = async (outcomes: ReadonlyMap<Publication, Outcome>, sealed: Receipt): Promise<Receipt> => {
    const receipt = receiptOfRelease(plan, outcomes, sealed);
    await writeResults(plan, receipt, ports, metadata);
    return receipt;
  };
  const nothing = toReceipt({ ...plan, subjects: [], statements: [] }, [], ports);

  if (blockers.size > 0) return await finish(keptBack(publications, earlier, blockers), nothing);

  const before = registryProvenance === "bundle" ? await sealThem(publications, plan, ports) : undefined;
  if (before !== undefined && before.status !== "sealed")
    return await finish(
      new Map(publications.map((one) => [one, { status: earlier.has(one) ? "earlier" : "not" }])),
      before,
    );
  const bundles = new Map(before?.objects.map(({ name, bundle }) => [name, bundle ?? undefined]));
  const published = await publishAll(
    publications,
    earlier,
    (one) => publisher.publish(one, bundles.get(one.id)),
    publisher,
  );
  const good = publications.filter((one) => published.get(one)?.failure === undefined);
  const sealed = before ?? (good.length === 0 ? nothing : await sealThem(good, plan, ports));

  const outcomes = new Map<Publication, Outcome>(published);
  if (registryProvenance !== "none") {
    await Promise.all(
      good.map(async (one) => {
        const provenance = await readRegistryProvenance(one, publisher, ports.verifier);
        outcomes.set(one, { ...(published.get(one) ?? { status: "not" }), provenance });
      }),
    );
  }
  return await finish(outcomes, sealed);
}

/** Signs the statements about these packages, whose bytes are known to be those that are, or will be, served. */
async function sealThem(
  publications: readonly Publication[],
  plan: Plan,
  ports: Omit<SealPorts, "observe">,
): Promise<Receipt> {
  const digests = new Map(publications.map(({ id, digest }) => [id as string, digest]));
  return await seal(partOf(plan, publications), { ...ports, observe: () => Promise.resolve(digests) });
}

/** The plan of these packages alone. */
function partOf(plan: Plan, publications: readonly Publication[], warnings: readonly Warning[] = []): Plan {
  const ids = new Set<string>(publications.map(({ id }) => id));
  return {
    ...plan,
    subjects: plan.subjects.filter(({ name }) => ids.has(name)),
    statements: plan.statements.filter(({ subjects }) => subjects.every((name) => ids.has(name))),
    warnings: [...plan.warnings, ...warnings],
  };
}

function isTaken(blocker: NotDone | undefined): boolean {
  return blocker?.reason.code === "version-taken";
}

function leftOut({ name, version }: Publication): Warning {
  const message = `${name}@${version} was published before, with other bytes than are here now, and is left out`;
  return { code: "version-not-raised", message };
}

/** Nothing is published as long as one of them cannot be. */
function keptBack(
  publications: readonly Publication[],
  earlier: ReadonlySet<Publication>,
  blockers: ReadonlyMap<Publication, NotDone>,
): ReadonlyMap<Publication, Outcome> {
  const others = [...blockers.keys()].map(({ name, version }) => `${name}@${version}`).join(", ");
  return new Map(
    publications.map((one) => {
      const reason = {
        code: "release-kept-back",
        message: `${one.name}@${one.version} is kept back, because ${others} cannot be published`,
      };
      const failure = blockers.get(one) ?? { status: "unreachable", reason };
      return [one, { status: earlier.has(one) ? "earlier" : "not", failure }];
    }),
  );
}
