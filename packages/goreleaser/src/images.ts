import type { DigestSet } from "@colophon/core";
import { artifactDigest } from "./artifact-digest.ts";
import type { Artifact } from "./artifact.ts";
import { joinDigests, parseImageReference } from "./image-reference.ts";
import { roleOf } from "./role.ts";

/** One name of an image, and what the tool says is its digest: empty where it does not say. */
export interface ImageDigest {
  readonly reference: string;
  readonly digest: DigestSet;
}

/** One image, with all the tags under which it was pushed to one repository. */
export interface PublishedImage {
  /** As it is written, with the port: `registry.example:5000/acme/widget`. */
  readonly repository: string;
  readonly tags: readonly string[];
  /** Empty where the tool does not tell it: then it is one tag, which the registry must be asked for. */
  readonly digest: DigestSet;
}

/** The images that were pushed, as `artifacts.json` tells them; what was only built is left out. */
export function imageDigestsOf(artifacts: readonly Artifact[]): readonly ImageDigest[] {
  return artifacts
    .filter((artifact) => roleOf(artifact) === "image")
    .map((artifact) => ({ reference: artifact.name, digest: artifactDigest(artifact) }));
}

/**
 * Makes one of the names that share repository and digest, be they from `artifacts.json`, from `digests.txt`, or from
 * both: a name whose digest one of them tells does not stand without. Throws IMAGE_REFERENCE.
 */
export function groupImages(images: readonly ImageDigest[]): readonly PublishedImage[] {
  const named = images.map(({ reference, digest: told }) => {
    const { repository, tag, digest: written } = parseImageReference(reference);
    const digest = joinDigests(reference, written, told);
    const name = tag === undefined ? repository : `${repository}:${tag}`;
    return { name, repository, tags: tag === undefined ? [] : [tag], digest, key: keyOf(digest) };
  });
  const told = new Set(named.filter(({ key }) => key !== "").map(({ name }) => name));
  const groups = new Map<string, { repository: string; tags: Set<string>; digest: DigestSet }>();
  for (const { name, repository, tags, digest, key } of named) {
    if (key === "" && told.has(name)) continue;
    const group = key === "" ? name : `${repository}@${key}`;
    const known = groups.get(group) ?? { repository, tags: new Set<string>(), digest };
    for (const tag of tags) known.tags.add(tag);
    groups.set(group, known);
  }
  return [...groups.values()].map(({ repository, tags, digest }) => ({ repository, tags: [...tags], digest }));
}

function keyOf(digest: DigestSet): string {
  return digest["sha256"] ?? digest["sha512"] ?? digest["sha384"] ?? "";
}
