import type { Helm, Oci } from "@colophon/config";
import type { Answer, HelmReference, Reason, ReleaseObject } from "@colophon/core";
import type { Invocation } from "./command.ts";
import { helmOf, ociOf, type Environment } from "./environment.ts";
import { isInRegistry } from "./targets.ts";
import { UsageError } from "./usage-error.ts";

/** A version of a chart with what was found of it, or why it could not be read. */
export type FoundChart =
  | { readonly object: ReleaseObject; readonly answers: readonly Answer[] }
  | { readonly unread: Reason; readonly id?: string };

/**
 * Finds one version of a chart, in a classic repository or an OCI registry. The archive of a classic one is read: its
 * digest is that of the bytes. Throws UsageError where there is no such chart, or several.
 */
export async function findNamedChart(
  reference: HelmReference,
  invocation: Invocation,
  environment: Environment,
): Promise<FoundChart> {
  const { name, range } = reference;
  if (range === undefined)
    throw new UsageError(`helm:${name} names no version`, "Add @version, or use colophon coverage.");
  const images = isInRegistry({ channel: "helm", name }) ? [name] : [];
  const oci = await ociOf(invocation, environment, images);
  const helm = await helmOf(invocation, environment, { named: [reference], images: oci.inventory });
  try {
    return await findChart(name, range, helm, oci);
  } finally {
    await Promise.all([helm.close(), oci.close()]);
  }
}

async function findChart(name: string, range: string, helm: Helm, oci: Oci): Promise<FoundChart> {
  const found = await findOne(name, range, helm);
  if ("unread" in found) return found;
  const object = found.helm === undefined ? found : await readArchive(found, helm);
  if ("unread" in object) return object;
  const answers: Answer[] = [];
  for (const store of [oci.store, helm.store]) for await (const answer of store.find([object])) answers.push(answer);
  return { object, answers };
}

async function findOne(name: string, range: string, helm: Helm): Promise<ReleaseObject | { readonly unread: Reason }> {
  const objects: ReleaseObject[] = [];
  const warnings: string[] = [];
  for await (const page of helm.inventory.list({ channel: "helm", name, range })) {
    const [gap] = page.gaps;
    if (gap?.reason.code === "no-such-object") throw new UsageError(gap.reason.message, gap.reason.hint);
    if (gap !== undefined) return { unread: gap.reason };
    if (page.nothing !== undefined) throw new UsageError(page.nothing.message, page.nothing.hint);
    objects.push(...page.objects);
    warnings.push(...page.warnings.map(({ message }) => message));
  }
  const [object, ...more] = objects;
  if (object !== undefined && more.length === 0) return object;
  const count = objects.length === 0 ? "no chart" : `${objects.length} versions`;
  throw new UsageError(`helm:${name}@${range} names ${count}`, warnings[0] ?? "Name one, or use colophon coverage.");
}

/** What the index claims of bytes that cannot be read proves nothing of what people are served. */
async function readArchive(
  object: ReleaseObject,
  helm: Helm,
): Promise<ReleaseObject | { readonly unread: Reason; readonly id: string }> {
  const read = await helm.hash(object);
  if ("reason" in read) return { unread: read.reason, id: object.id };
  const warnings = [...(object.warnings ?? []), ...read.warnings];
  return { ...object, digest: read.digest, digestFrom: "bytes", warnings };
}
