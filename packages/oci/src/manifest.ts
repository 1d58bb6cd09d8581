import { arrayAt, isObject, objectAt, stringAt } from "@colophon/core";
import { parseAnnotations, parseDescriptor, type Annotations, type Descriptor } from "./descriptor.ts";
import { OciError } from "./error.ts";
import { parseJson } from "./json.ts";

/** cosign writes and reads at most so many attestations in one manifest; images have about a tenth. */
const MAX_LAYERS = 1000;
const MAX_MANIFESTS = 10_000;

interface Described {
  /** Where it tells its own: charts that Helm pushes do not. */
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly subject?: Descriptor;
  readonly annotations: Annotations;
}

/** An image index (OCI) or manifest list (Docker). */
export interface ImageIndex extends Described {
  readonly kind: "index";
  readonly manifests: readonly Descriptor[];
}

/** An image manifest (OCI or Docker), be it an image's or an artifact's. */
export interface ImageManifest extends Described {
  readonly kind: "manifest";
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export type Manifest = ImageIndex | ImageManifest;

/** The media types of manifests, of both families. */
export const KINDS: Readonly<Record<string, Manifest["kind"]>> = {
  "application/vnd.oci.image.index.v1+json": "index",
  "application/vnd.docker.distribution.manifest.list.v2+json": "index",
  "application/vnd.oci.image.manifest.v1+json": "manifest",
  "application/vnd.docker.distribution.manifest.v2+json": "manifest",
};

/**
 * Reads an index or manifest (OCI image specification, "Image Index", "Image Manifest"). One that could be read as
 * both is refused. Throws MANIFEST_INVALID, DESCRIPTOR_INVALID or TOO_LARGE.
 */
export function parseManifest(bytes: Uint8Array, where: string): Manifest {
  const value = parseJson(bytes, where);
  const manifests = arrayAt(value, "manifests");
  const layers = arrayAt(value, "layers");
  const kind = manifests === undefined ? "manifest" : "index";
  if ((manifests === undefined) === (layers === undefined)) {
    const found = manifests === undefined ? "neither manifests nor layers" : "both manifests and layers";
    throw new OciError("MANIFEST_INVALID", `${where} has ${found}`);
  }
  const mediaType = stringAt(value, "mediaType");
  if (mediaType !== undefined && KINDS[mediaType] !== kind) {
    const claimed = JSON.stringify(mediaType.slice(0, 120));
    throw new OciError("MANIFEST_INVALID", `${where} says it is ${claimed}, and is written as ${kind}`);
  }
  const described = { ...(mediaType !== undefined && { mediaType }), ...parseDescribed(value, where) };
  return manifests === undefined
    ? {
        kind: "manifest",
        ...described,
        config: parseDescriptor(objectAt(value, "config"), `${where}, config`),
        layers: parseList(layers ?? [], MAX_LAYERS, `${where}, layer`),
      }
    : { kind: "index", ...described, manifests: parseList(manifests, MAX_MANIFESTS, `${where}, manifest`) };
}

function parseDescribed(value: unknown, where: string): Described {
  const artifactType = stringAt(value, "artifactType");
  const subject = isObject(value) ? value["subject"] : undefined;
  return {
    ...(artifactType !== undefined && { artifactType }),
    ...(isObject(subject) && { subject: parseDescriptor(subject, `${where}, subject`) }),
    annotations: parseAnnotations(value),
  };
}

function parseList(list: readonly unknown[], most: number, where: string): readonly Descriptor[] {
  if (list.length > most) {
    throw new OciError("TOO_LARGE", `${where}s: ${list.length} are listed, more than ${most}`);
  }
  return list.map((item, index) => parseDescriptor(item, `${where} ${index}`));
}
