import type { InventoryPage, ReleaseObject } from "@colophon/core";
import { createOciInventory } from "../../src/inventory/oci-inventory.ts";
import { collect } from "../collect.ts";
import { clientOf, type FakeRegistry } from "../registry/loopback.ts";
import type { WrittenDescriptor } from "../layout-folder.ts";

export async function list(fake: FakeRegistry, range?: string, after?: string): Promise<readonly InventoryPage[]> {
  const name = `${fake.host}/acme/widget`;
  const target = { channel: "oci", name, ...(range !== undefined && { range }) } as const;
  return await collect(createOciInventory({ registry: clientOf([fake]) }).list(target, after));
}

export async function objects(fake: FakeRegistry, range?: string): Promise<readonly ReleaseObject[]> {
  return (await list(fake, range)).flatMap((page) => page.objects);
}

export const versions = (found: readonly ReleaseObject[]): readonly string[] =>
  found.map(({ version }) => version ?? "none").toSorted();

export function addChart(fake: FakeRegistry, text: string, ...tags: readonly string[]): WrittenDescriptor {
  const config = fake.add({ name: text }, "application/vnd.cncf.helm.config.v1+json");
  const chart = fake.addManifest([fake.add(text, "application/vnd.cncf.helm.chart.content.v1.tar+gzip")], { config });
  for (const tag of tags) fake.tag(tag, chart);
  return chart;
}

export const OTHER = '{"schemaVersion":2,"manifests":[]}';
