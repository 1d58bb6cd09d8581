import type { Gap, Inventory, Reason, ReleaseObject, Target, Warning } from "@colophon/core";

/** What was found to be published, and what could not be listed. */
export interface Listed {
  readonly objects: ReleaseObject[];
  /** Of the same packages, but not asked for. */
  readonly others: ReleaseObject[];
  readonly withdrawn: string[];
  readonly gaps: Gap[];
  readonly warnings: Warning[];
  readonly nothing: Reason[];
}

/** Lists every target. Each object is listed once, however many targets name it. */
export async function list(
  targets: readonly Target[],
  inventory: Inventory,
  onListed: (count: number) => void,
): Promise<Listed> {
  const listed: Listed = { objects: [], others: [], withdrawn: [], gaps: [], warnings: [], nothing: [] };
  const seen = new Set<string>();
  for (const target of targets) {
    for await (const page of inventory.list(target)) {
      for (const object of page.objects) {
        if (!seen.has(object.id)) listed.objects.push(object);
        seen.add(object.id);
      }
      listed.others.push(...(page.others ?? []));
      listed.withdrawn.push(...page.withdrawn);
      listed.gaps.push(...page.gaps);
      listed.warnings.push(...page.warnings);
      if (page.nothing !== undefined) {
        listed.nothing.push(page.nothing);
        const gap: Gap = { channel: target.channel, target: target.name, reason: page.nothing };
        if (page.nothing.code === "no-such-object" && targets.length > 1) listed.gaps.push(gap);
        else listed.warnings.push({ code: page.nothing.code, message: page.nothing.message });
      }
      onListed(listed.objects.length);
    }
  }
  return listed;
}
