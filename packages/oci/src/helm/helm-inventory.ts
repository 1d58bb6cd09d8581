import type { Gap, Inventory, InventoryPage, Target } from "@colophon/core";
import type { Http } from "@colophon/http";
import { createFinder } from "./find-repository.ts";
import { tagOf } from "./registry-chart.ts";

export interface HelmInventoryOptions {
  /** It must trust the repositories' hosts that are on this machine or in a private network. */
  readonly http: Http;
  /** Where charts in OCI registries are listed. */
  readonly images: Inventory;
  /** By a target's name: the query of that repository's URL, with its `?`. It stays out of all that is shown. */
  readonly queries?: ReadonlyMap<string, string>;
}

/**
 * Lists the charts of classic repositories (`http(s)://…`, all of them, or one where the last segment is its name), a
 * page for each, and those of OCI registries (`host/path`). What cannot be listed is a gap, never an exception.
 */
export function createHelmInventory({ http, images, queries = new Map() }: HelmInventoryOptions): Inventory {
  const find = createFinder(http);
  return {
    channel: "helm",
    async *list(target, after) {
      const { name, range } = target;
      if (!/^https?:\/\//.test(name)) return yield* listInRegistry(images, target, after);
      const found = await find({ name, query: queries.get(name) ?? "", isChart: range !== undefined });
      if (!found.ok) {
        const gap: Gap = { channel: "helm", target: name, reason: found.reason };
        return yield { key: `helm:${name}`, objects: [], withdrawn: [], gaps: [gap], warnings: [] };
      }
      // YAML and semver take long to load, and reading what lies beside an archive needs neither.
      const { listCharts } = await import("./list-charts.ts");
      yield* listCharts(found.value, target, images, after);
    },
  };
}

/** The charts of one repository of a registry, and nothing else that is in it. */
async function* listInRegistry(
  images: Inventory,
  { name, range }: Target,
  after: string | undefined,
): AsyncIterable<InventoryPage> {
  const target: Target = { channel: "oci", name, ...(range !== undefined && { range: tagOf(range) }) };
  for await (const page of images.list(target, after)) {
    const objects = page.objects.filter(({ channels }) => channels.includes("helm"));
    const others = page.objects.filter((object) => !objects.includes(object));
    const warnings = others.map(({ locations }) => ({
      code: "not-a-chart",
      message: `${locations[0] ?? name} is no Helm chart`,
    }));
    const gaps = page.gaps.map((gap): Gap => ({ ...gap, channel: "helm" }));
    yield { ...page, objects, gaps, warnings: [...page.warnings, ...warnings] };
  }
}
