import type { Gap, Inventory, InventoryPage, ReleaseObject, Target } from "@colophon/core";
import { answered, type OciReason } from "../reason.ts";
import { toChartObject, type ListedChart } from "./chart-object.ts";
import { projectEntry, type ChartEntry } from "./entry.ts";
import type { FoundRepository } from "./find-repository.ts";
import { findRegistryChart } from "./registry-chart.ts";
import { showRepository } from "./repository.ts";
import { compareVersions, latestVersion, selectVersions } from "./select.ts";

/** Charts in registries that are asked for at once. */
const AT_ONCE = 8;
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,250}$/;

/** One page for each chart, by name, behind the given key. */
export async function* listCharts(
  { repository, index, chart: only }: FoundRepository,
  target: Target,
  images: Inventory,
  after: string | undefined,
): AsyncIterable<InventoryPage> {
  const where = showRepository(repository);
  const names = only === undefined ? [...index.keys()].toSorted() : [only];
  if (names.length === 0) yield { ...emptyPage(target), nothing: nothingPublished(where) };
  for (const chart of names) {
    const key = chartKey(target, chart);
    if (after !== undefined && key <= after) continue;
    const read = index.get(chart);
    if (read === undefined) yield { ...emptyPage(target, chart), nothing: noSuchChart(where, chart, index.keys()) };
    else yield await toPage({ repository, target, chart, images }, read);
  }
}

interface Context {
  readonly repository: FoundRepository["repository"];
  readonly target: Target;
  readonly chart: string;
  readonly images: Inventory;
}

async function toPage(context: Context, read: () => unknown): Promise<InventoryPage> {
  const { repository, target, chart, images } = context;
  const name = `${showRepository(repository)}/${chart}`;
  const page = emptyPage(target, chart);
  const gapOf = (reason: OciReason): Gap => ({ channel: "helm", target: name, reason });
  const value = await answered(name, async () => read());
  if (!value.ok) return { ...page, gaps: [gapOf(value.reason)] };
  const { entries, faults } = readEntries(chart, value.value);
  const versions = [...entries.keys()].toSorted(compareVersions);
  const selected = selectVersions(versions, target.range);
  if (selected === undefined || (selected.length === 0 && faults.length === 0)) {
    return { ...page, nothing: nothingIn(name, target.range, versions) };
  }
  const isNamed = target.range !== undefined && selected.includes(target.range);
  const gaps = isNamed ? [] : faults.map((fault) => gapOf(entryUnreadable(name, fault)));
  const latest = latestVersion(versions);
  const listed = selected.flatMap((version): ListedChart[] => {
    const entry = entries.get(version);
    return entry === undefined ? [] : [{ chart, entry, isLatest: version === latest }];
  });
  const objects: ReleaseObject[] = [];
  for (let start = 0; start < listed.length; start += AT_ONCE) {
    const found = await Promise.all(listed.slice(start, start + AT_ONCE).map((one) => toObjects(one, context, images)));
    objects.push(...found.flatMap((one) => one.objects));
    gaps.push(...found.flatMap((one) => one.gaps));
  }
  return { ...page, objects, gaps };
}

async function toObjects(
  listed: ListedChart,
  { repository }: Context,
  images: Inventory,
): Promise<{ readonly objects: readonly ReleaseObject[]; readonly gaps: readonly Gap[] }> {
  const [url = ""] = listed.entry.urls;
  if (/^oci:\/\//i.test(url)) return await findRegistryChart(images, url, listed);
  return { objects: [toChartObject(repository, listed)], gaps: [] };
}

/** The versions by number, and what cannot be read of them. One that stands twice must be the same each time. */
function readEntries(
  chart: string,
  value: unknown,
): { readonly entries: ReadonlyMap<string, ChartEntry>; readonly faults: readonly string[] } {
  const entries = new Map<string, ChartEntry>();
  if (!NAME.test(chart)) return { entries, faults: ["its name is not one of a chart"] };
  if (value !== null && !Array.isArray(value)) return { entries, faults: ["it is no list of versions"] };
  const faults: string[] = [];
  for (const item of value ?? []) {
    const entry = projectEntry(item);
    const known = typeof entry === "string" ? undefined : entries.get(entry.version);
    if (typeof entry === "string") faults.push(entry);
    else if (known === undefined) entries.set(entry.version, entry);
    else if (JSON.stringify([known.digest, known.urls]) !== JSON.stringify([entry.digest, entry.urls]))
      faults.push(`${JSON.stringify(entry.version)} is listed twice, as different archives`);
  }
  return { entries, faults };
}

function chartKey({ name, range }: Target, chart: string): string {
  return `helm:${name}${range === undefined ? "" : `#${range}`}@${chart}`;
}

function emptyPage(target: Target, chart = ""): InventoryPage {
  return { key: chartKey(target, chart), objects: [], withdrawn: [], gaps: [], warnings: [] };
}

function entryUnreadable(name: string, fault: string): OciReason {
  const hint = "Ask the repository's owner to write its index again (helm repo index).";
  return { code: "entry-unreadable", message: `${name}: ${fault}`, hint };
}

function nothingPublished(where: string): OciReason {
  const hint = "Leave it out of what is counted.";
  return { code: "nothing-published", message: `${where}: its index lists no chart`, hint };
}

function noSuchChart(where: string, chart: string, names: Iterable<string>): OciReason {
  const some = [...names].toSorted().slice(0, 5).join(", ");
  const message = `${where} has no chart ${JSON.stringify(chart.slice(0, 200))}`;
  return { code: "no-such-object", message, hint: `Charts that it has: ${some || "none"}.` };
}

function nothingIn(name: string, range: string | undefined, versions: readonly string[]): OciReason {
  if (range === undefined || versions.length === 0) return nothingPublished(name);
  const message = `${name}: no version is ${JSON.stringify(range.slice(0, 200))}, or in that range`;
  return { code: "no-such-object", message, hint: `Its highest versions: ${versions.slice(-3).join(", ")}.` };
}
