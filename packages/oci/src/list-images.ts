import { basename, resolve } from "node:path";
import { formatPurl, repositoryUriOf, type Gap, type Member, type ReleaseObject } from "@colophon/core";
import { contentOf } from "./chart.ts";
import type { Descriptor } from "./descriptor.ts";
import { parseDigest } from "./digest.ts";
import { OciError } from "./error.ts";
import type { Layout } from "./layout.ts";
import { locationOf } from "./location.ts";
import { entriesIn, membersIn } from "./members.ts";
import { reasonOfError, type OciReason } from "./reason.ts";
import { surveyLayout, type FoundImage, type Survey } from "./survey.ts";

/** What a layout holds: its images, and what could not be read and may be one. */
export interface ImageList {
  readonly objects: readonly ReleaseObject[];
  readonly gaps: readonly Gap[];
}

/**
 * Lists the images and indexes that `index.json` names: signatures, attestations and SBOMs that lie beside them are
 * none. With a digest, only the one of that digest, which may also be a platform's image in one of the indexes.
 * Throws DESCRIPTOR_INVALID where that is no digest.
 */
export async function listImages(layout: Layout, digest?: string): Promise<ImageList> {
  if (digest !== undefined) parseDigest(digest, "the image asked for");
  const survey = await surveyLayout(layout);
  const unread = survey.faults.filter((fault) => !fault.isEvidence);
  if (digest === undefined) {
    const objects = survey.images.map((image) => toReleaseObject(layout, image));
    return { objects, gaps: unread.map((fault) => toGap(layout, fault.digest, fault.error)) };
  }
  const image = await findImage(layout, survey, digest);
  if ("manifest" in image) return { objects: [toReleaseObject(layout, image)], gaps: [] };
  // What could not be read may be it, or the index that holds it.
  return {
    objects: [],
    gaps: unread.length === 0 ? [image] : unread.map((fault) => toGap(layout, fault.digest, fault.error)),
  };
}

async function findImage(layout: Layout, { images }: Survey, digest: string): Promise<FoundImage | Gap> {
  const listed = images.find((image) => image.digest === digest);
  if (listed !== undefined) return listed;
  const isPlatform = images.some(({ manifest }) => entriesIn(manifest).some((child) => child.digest === digest));
  if (!isPlatform) {
    const message = `${locationOf(layout, digest)}: no image of that digest is in the layout`;
    const hint = "Check the digest; those of the images stand in index.json.";
    return gapOf(layout, digest, { code: "no-such-object", message, hint });
  }
  try {
    return { digest, tags: [], manifest: await layout.manifest(digest) };
  } catch (error) {
    if (error instanceof OciError) return toGap(layout, digest, error);
    throw error;
  }
}

function toReleaseObject(layout: Layout, image: FoundImage): ReleaseObject {
  const object = toObject(layout, image);
  const members = membersIn(image.manifest, image.digest);
  if (members === undefined || "tooMany" in members) return object;
  const toMember = ({ digest, platform }: Descriptor): Member => ({
    platform: platform ?? null,
    object: { ...toObject(layout, { ...image, digest, tags: [] }), digestFrom: "registry" },
  });
  return { ...object, members: members.listed.map(toMember) };
}

function toObject(layout: Layout, { digest, tags, manifest }: FoundImage): ReleaseObject {
  const { algorithm, hex } = parseDigest(digest, digest);
  const name = nameOf(layout);
  const source = manifest.annotations["org.opencontainers.image.source"] ?? "";
  return {
    id: formatPurl({ type: "oci", name, version: digest, qualifiers: {} }),
    ...contentOf({ manifest }),
    locations: [locationOf(layout, digest)],
    digest: { [algorithm]: hex },
    digestFrom: "bytes",
    name,
    version: digest,
    publishedAt: null,
    tags,
    // The specification wants a URL here; npm's short forms would be guesses.
    declaredRepository: /^https?:\/\//i.test(source) ? repositoryUriOf(source) : null,
    deprecated: null,
  };
}

/** The folder's own name, lower-cased as purls of this type are. */
function nameOf({ folder }: Layout): string {
  return basename(resolve(folder)).toLowerCase() || "layout";
}

function toGap(layout: Layout, digest: string, error: OciError): Gap {
  return gapOf(layout, digest, reasonOfError(`oci-layout:${layout.folder}`, error));
}

function gapOf(layout: Layout, digest: string, reason: OciReason): Gap {
  return { channel: "oci", target: locationOf(layout, digest), reason };
}
