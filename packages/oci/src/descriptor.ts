import { isObject, objectAt, stringAt } from "@colophon/core";
import { parseDigest } from "./digest.ts";
import { OciError } from "./error.ts";

export type Annotations = Readonly<Record<string, string>>;

/** A content descriptor (OCI image specification, "Descriptor"), as far as it is used here. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:<hex>` or `sha512:<hex>`, checked. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly artifactType?: string;
  /** `os/architecture[/variant]`, in an index that tells them. */
  readonly platform?: string;
  readonly annotations: Annotations;
}

/** Reads one descriptor; `where` names it in the message. Throws DESCRIPTOR_INVALID. */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  const mediaType = stringAt(value, "mediaType");
  const size = isObject(value) ? value["size"] : undefined;
  if (mediaType === undefined) throw new OciError("DESCRIPTOR_INVALID", `${where} has no media type`);
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw new OciError("DESCRIPTOR_INVALID", `${where} has no size in bytes`);
  }
  const { algorithm, hex } = parseDigest(stringAt(value, "digest"), where);
  const artifactType = stringAt(value, "artifactType");
  const platform = platformIn(value);
  return {
    mediaType,
    digest: `${algorithm}:${hex}`,
    size,
    ...(artifactType !== undefined && { artifactType }),
    ...(platform !== undefined && { platform }),
    annotations: parseAnnotations(value),
  };
}

function platformIn(value: unknown): string | undefined {
  const platform = objectAt(value, "platform");
  const [os, architecture, variant] = ["os", "architecture", "variant"].map((key) => stringAt(platform, key));
  if (!os || !architecture) return undefined;
  return variant ? `${os}/${architecture}/${variant}` : `${os}/${architecture}`;
}

/** The annotations of a descriptor, manifest or index; values that are no text are left out. */
export function parseAnnotations(value: unknown): Annotations {
  const entries = Object.entries(objectAt(value, "annotations") ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
