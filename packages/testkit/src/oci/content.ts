import { createHash } from "node:crypto";
import { memberObject, memberString, type JsonObject } from "../json.ts";

export const IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const IMAGE_INDEX = "application/vnd.oci.image.index.v1+json";
export const IMAGE_CONFIG = "application/vnd.oci.image.config.v1+json";
/** Media type of the empty config `{}`. */
export const EMPTY = "application/vnd.oci.empty.v1+json";

/** A content descriptor (OCI image specification, "Descriptor"). */
export interface OciDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Readonly<Record<string, string>>;
}

/** A manifest or index, and the tags that are to name it. */
export interface OciManifest {
  /** The media type that it is pushed with; what stands in it may be another, or none. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly tags: readonly string[];
}

/** What a push of something consists of, every part before what names it. */
export interface OciContent {
  readonly blobs: readonly Uint8Array[];
  readonly manifests: readonly OciManifest[];
}

/** Gathers content; what is added comes back as its descriptor. */
export interface ContentBuilder {
  /** What was added so far. */
  readonly content: OciContent;
  addBlob(content: string | Uint8Array, mediaType: string, annotations?: Record<string, string>): OciDescriptor;
  /** The config of a manifest that needs none (OCI image specification, "Guidance for an Empty Descriptor"). */
  addEmptyConfig(): OciDescriptor;
  /** `mediaType` is also written into the manifest, which a member `mediaType: undefined` of it prevents. */
  addManifest(
    manifest: object,
    options?: { readonly mediaType?: string; readonly tags?: readonly string[] },
  ): OciDescriptor;
}

/** Starts with nothing. */
export function createContent(): ContentBuilder {
  const blobs: Uint8Array[] = [];
  const manifests: OciManifest[] = [];
  const addBlob: ContentBuilder["addBlob"] = (content, mediaType, annotations) => {
    const bytes = Buffer.from(content);
    blobs.push(bytes);
    return { ...describe(bytes, mediaType), ...(annotations && { annotations }) };
  };
  return {
    content: { blobs, manifests },
    addBlob,
    addEmptyConfig: () => addBlob("{}", EMPTY),
    addManifest(manifest, { mediaType = IMAGE_MANIFEST, tags = [] } = {}) {
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...manifest }));
      manifests.push({ mediaType, bytes, tags });
      return describe(bytes, mediaType);
    },
  };
}

/** `sha256:<hex>` of the bytes, or another algorithm's digest. */
export function toDigest(bytes: Uint8Array, algorithm: "sha256" | "sha512" = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** The descriptor of a manifest as lists of referrers have it (OCI distribution specification, "Listing Referrers"). */
export function describeReferrer(
  digest: string,
  { mediaType, bytes }: { readonly mediaType: string; readonly bytes: Uint8Array },
  read: JsonObject,
): OciDescriptor {
  const { annotations } = read as { annotations?: Record<string, string> };
  const artifactType = memberString(read, "artifactType") || memberString(memberObject(read, "config"), "mediaType");
  return {
    mediaType,
    digest,
    size: bytes.byteLength,
    ...(artifactType !== "" && { artifactType }),
    ...(annotations && { annotations }),
  };
}

function describe(bytes: Uint8Array, mediaType: string): OciDescriptor {
  return { mediaType, digest: toDigest(bytes), size: bytes.byteLength };
}
