import type { DigestSet, PlannedSubject } from "@colophon/core";
import { parseDigest } from "../digest.ts";
import { valueOf } from "../reason.ts";
import { imagePurl, parseImagePurl, type Reference } from "../reference.ts";
import type { Registry } from "../registry/registry.ts";
import type { ConfirmedImage } from "./confirm-image.ts";

/** The subjects of a statement about an image, by their purls: the index first, then what its platforms get. */
export function subjectsOfImage({ repository, tags, digest, platforms }: ConfirmedImage): readonly PlannedSubject[] {
  return [digest, ...platforms].map((one) => ({
    name: imagePurl(repository, one),
    digest: digestSetOf(one),
    from: "registry",
    ...(one === digest && tags.length > 0 && { tags }),
  }));
}

/**
 * The digests that subjects have now: nothing for what is gone, itself or a tag of it, and the digest that a tag leads to
 * meanwhile, where that is another. Throws OciError where a registry cannot be asked.
 */
export async function observeImages(
  registry: Registry,
  subjects: readonly PlannedSubject[],
): Promise<ReadonlyMap<string, DigestSet>> {
  const found = new Map<string, DigestSet>();
  for (const { name, tags = [] } of subjects) {
    const place = parseImagePurl(name);
    if (place === undefined) continue;
    const { digest, ...repository } = place;
    const names = [place, ...tags.map((tag) => ({ ...repository, tag }))];
    const now = await Promise.all(names.map((one) => digestOf(registry, one)));
    const other = now.find((one) => one !== digest);
    if (!now.includes(undefined)) found.set(name, digestSetOf(other ?? digest));
  }
  return found;
}

async function digestOf(registry: Registry, reference: Reference): Promise<string | undefined> {
  const answer = await registry.resolve(reference);
  return !answer.ok && answer.reason.code === "no-such-object" ? undefined : valueOf(answer).digest;
}

function digestSetOf(digest: string): DigestSet {
  const { algorithm, hex } = parseDigest(digest, "the image");
  return { [algorithm]: hex };
}
