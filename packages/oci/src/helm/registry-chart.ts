import { compareDigests, type Gap, type Inventory, type ReleaseObject, type Warning } from "@colophon/core";
import { valueOf, answered } from "../reason.ts";
import { formatRepository, parseReference } from "../reference.ts";
import type { ListedChart } from "./chart-object.ts";

/** A chart that an index lists as being in an OCI registry is the object there, which is judged by its manifest. */
export async function findRegistryChart(
  images: Inventory,
  url: string,
  listed: ListedChart,
): Promise<{ readonly objects: readonly ReleaseObject[]; readonly gaps: readonly Gap[] }> {
  const target = await answered(url.slice(0, 300), async () => toTarget(url, listed.entry.version));
  const gapOf = (reason: Gap["reason"]): Gap => ({ channel: "helm", target: url.slice(0, 300), reason });
  if (!target.ok) return { objects: [], gaps: [gapOf(target.reason)] };
  const objects: ReleaseObject[] = [];
  const gaps: Gap[] = [];
  for await (const page of images.list(valueOf(target))) {
    objects.push(...page.objects.map((object) => withListing(object, listed)));
    gaps.push(...page.gaps.map((gap): Gap => ({ ...gap, channel: "helm" })));
    if (page.nothing !== undefined) gaps.push(gapOf(page.nothing));
  }
  return { objects, gaps };
}

function toTarget(url: string, version: string): { channel: "oci"; name: string; range: string } {
  const isNamed = /@|:[^/]*$/.test(url.replace(/^oci:\/\//i, ""));
  const { tag, digest, ...repository } = parseReference(isNamed ? url : `${url}:${tagOf(version)}`);
  return { channel: "oci", name: formatRepository(repository), range: digest ?? tag ?? "latest" };
}

/** Tags hold no `+`: Helm pushes charts with `_` in its place. Ranges and digests stay as they are. */
export function tagOf(version: string): string {
  return /^[\w.+-]+$/.test(version) ? version.replaceAll("+", "_") : version;
}

function withListing(object: ReleaseObject, { entry, isLatest }: ListedChart): ReleaseObject {
  const claimed = [object.digest, ...(object.parts ?? []).map(({ digest }) => digest)];
  const isClaimed = claimed.some((digest) => compareDigests(digest, entry.digest) === "match");
  const isTold = Object.keys(entry.digest).length > 0;
  const warnings = [...(object.warnings ?? []), ...(isTold && !isClaimed ? [differs(object, entry.digest)] : [])];
  return {
    ...object,
    channels: ["oci", "helm"],
    publishedAt: object.publishedAt ?? entry.publishedAt,
    declaredRepository: object.declaredRepository ?? entry.repository,
    deprecated: entry.deprecated ? "the chart is deprecated" : object.deprecated,
    tags: isLatest ? [...new Set([...object.tags, "latest"])] : object.tags,
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Served bytes rank above what an index claims of them. */
export function differs({ digest }: Pick<ReleaseObject, "digest">, claimed: ReleaseObject["digest"]): Warning {
  const [served, told] = [digest, claimed].map((set) => `sha256:${set["sha256"] ?? "(none)"}`);
  return { code: "index-digest-differs", message: `the index says ${told}, and ${served} is served` };
}
