import type { Helm, Npm, Oci } from "@colophon/config";
import type { Inventory, RequestCounts, Store } from "@colophon/core";
import type { CoveragePorts } from "@colophon/coverage";
import type { Invocation } from "./command.ts";
import { helmOf, ociOf, type Environment } from "./environment.ts";
import { isInRegistry, type NamedTarget } from "./targets.ts";

/** The worlds that the targets need, as one. */
export interface Worlds {
  readonly inventory: Inventory;
  readonly stores: readonly Store[];
  readonly hash: NonNullable<CoveragePorts["hash"]>;
  readonly requests: () => RequestCounts;
  readonly close: () => Promise<void>;
}

/** Opens what the targets need besides npm. */
export async function openWorlds(
  invocation: Invocation,
  environment: Environment,
  npm: Npm,
  targets: readonly NamedTarget[],
  maxRequests: number | undefined,
): Promise<Worlds> {
  const images = targets.filter(isInRegistry).map(({ name }) => name);
  const charts = targets.filter(({ channel }) => channel === "helm");
  const needsOci = images.length + charts.length > 0;
  const oci = needsOci ? await ociOf(invocation, environment, images, maxRequests) : undefined;
  const helm =
    oci === undefined || charts.length === 0
      ? undefined
      : await helmOf(invocation, environment, { named: charts, images: oci.inventory }, maxRequests);
  const worlds = [npm, oci, helm].filter((world) => world !== undefined);
  return {
    inventory: inventoryOf(npm, oci, helm),
    stores: worlds.map(({ store }) => store),
    hash: (object) => (object.helm === undefined || helm === undefined ? npm : helm).hash(object),
    requests: () => worlds.map((world) => world.requests()).reduce(addCounts),
    close: async () => void (await Promise.all(worlds.map((world) => world.close()))),
  };
}

/** A host may serve images and a classic repository. */
function addCounts(left: RequestCounts, right: RequestCounts): RequestCounts {
  const sums = Object.entries(right).map(([host, { sent, cached, retried }]) => {
    const before = left[host] ?? { sent: 0, cached: 0, retried: 0 };
    return [host, { sent: before.sent + sent, cached: before.cached + cached, retried: before.retried + retried }];
  });
  return { ...left, ...Object.fromEntries(sums) };
}

/** Each target is listed where it is published. */
function inventoryOf(npm: Npm, oci: Oci | undefined, helm: Helm | undefined): Inventory {
  const of: Readonly<Record<string, Inventory | undefined>> = { oci: oci?.inventory, helm: helm?.inventory };
  return { ...npm.inventory, list: (target, after) => (of[target.channel] ?? npm.inventory).list(target, after) };
}
