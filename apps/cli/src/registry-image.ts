import { readImageName, type Oci } from "@colophon/config";
import type { Answer, Reason, ReleaseObject, Warning } from "@colophon/core";
import { UsageError } from "./usage-error.ts";

/** An image of a registry with what was found of it and of its members, or why it could not be read. */
export type RegistryImage =
  | { readonly object: ReleaseObject; readonly answers: readonly Answer[]; readonly warnings: readonly Warning[] }
  | { readonly unread: Reason };

/**
 * Finds an image by its tag or digest, `latest` without either, or what one platform gets of it. Where both are given
 * the digest is the image, and a tag that leads elsewhere is worth a warning. Throws UsageError where there is no such
 * image or platform, OciError for a name that is none.
 */
export async function findRegistryImage(text: string, platform: string | undefined, oci: Oci): Promise<RegistryImage> {
  const { repository, range = "latest" } = await readImageName(text);
  const found = await findOne(repository, range, text, oci);
  if ("unread" in found) return found;
  const object = platform === undefined ? found.object : await findPlatform(found.object, platform, text, oci);
  if ("unread" in object) return object;
  const answers: Answer[] = [];
  const asked = [object, ...(object.members ?? []).map((member) => member.object)];
  for await (const answer of oci.store.find(asked)) answers.push(answer);
  return { object, answers, warnings: found.warnings };
}

type Named = { readonly object: ReleaseObject; readonly warnings: readonly Warning[] } | { readonly unread: Reason };

async function findOne(repository: string, range: string, text: string, oci: Oci): Promise<Named> {
  const target = { channel: "oci", name: repository, range } as const;
  const warnings: Warning[] = [];
  for await (const { gaps, nothing, objects, ...page } of oci.inventory.list(target)) {
    warnings.push(...page.warnings);
    const [gap] = gaps;
    if (gap?.reason.code === "no-such-object") throw new UsageError(gap.reason.message, gap.reason.hint);
    if (gap !== undefined) return { unread: gap.reason };
    if (nothing !== undefined) throw new UsageError(nothing.message, nothing.hint);
    const [object, ...more] = objects;
    if (object !== undefined && more.length === 0) return { object, warnings };
    if (more.length > 0) throw new UsageError(`${text} names ${objects.length} images`, "Name one by its digest.");
  }
  throw new UsageError(`${text} is no image`, "It may be what says something about an image: name the image itself.");
}

async function findPlatform(
  index: ReleaseObject,
  platform: string,
  text: string,
  oci: Oci,
): Promise<ReleaseObject | { readonly unread: Reason }> {
  const listed = await oci.platforms(index);
  if (!listed.ok) return { unread: listed.reason };
  const found = listed.value.find((one) => one.platform === platform);
  if (found !== undefined) return found.object;
  const there = listed.value.flatMap((one) => one.platform ?? []);
  throw new UsageError(
    `${text} has nothing for ${JSON.stringify(platform)}`,
    there.length === 0 ? "It is an image of one platform: leave --platform out." : `It has ${there.join(", ")}.`,
  );
}
