import type { DigestSet, PlannedSubject } from "@colophon/core";
import { parseDigest } from "../digest.ts";
import { valueOf } from "../reason.ts";
import { imagePurl, parseImagePurl } from "../reference.ts";
import type { Registry } from "../registry/registry.ts";
import type { ConfirmedImage } from "./confirm-image.ts";

/** The subjects of a statement about an image, by their purls: the index first, then what its platforms get. */
export function subjectsOfImage({ repository, digest, platforms }: ConfirmedImage): readonly PlannedSubject[] {
  return [digest, ...platforms].map((one) => ({
    name: imagePurl(repository, one),
    digest: digestSetOf(one),
    from: "registry",
  }));
}

/**
 * The digests that subjects have now: nothing for what is gone, and for an image the digest that a tag of it leads to
 * meanwhile, where that is another. Throws OciError where a registry cannot be asked.
 */
export async function observeImages(
  registry: Registry,
  subjects: readonly PlannedSubject[],
  confirmed: readonly ConfirmedImage[],
): Promise<ReadonlyMap<string, DigestSet>> {
  const found = new Map<string, DigestSet>();
  for (const { name } of subjects) {
    const place = parseImagePurl(name);
    const answer = place === undefined ? undefined : await registry.resolve(place);
    if (answer === undefined || (!answer.ok && answer.reason.code === "no-such-object")) continue;
    found.set(name, digestSetOf(valueOf(answer).digest));
  }
  for (const { repository, tags, digest } of confirmed) {
    for (const tag of tags) {
      const now = valueOf(await registry.resolve({ ...repository, tag })).digest;
      if (now !== digest) found.set(imagePurl(repository, digest), digestSetOf(now));
    }
  }
  return found;
}

function digestSetOf(digest: string): DigestSet {
  const { algorithm, hex } = parseDigest(digest, "the image");
  return { [algorithm]: hex };
}
