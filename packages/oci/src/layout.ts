import { realpath } from "node:fs/promises";
import { stringAt } from "@colophon/core";
import { digestOf, parseDigest } from "./digest.ts";
import { OciError } from "./error.ts";
import { parseJson } from "./json.ts";
import { parseManifest, type ImageIndex, type Manifest } from "./manifest.ts";
import { readInside } from "./read-inside.ts";

/** Registries take manifests up to 4 MB (OCI distribution specification). */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const MAX_BLOB_BYTES = 32 * 1024 * 1024;

/** An OCI image layout on disk (OCI image specification, "Image Layout"). */
export interface Layout {
  /** As it was named. */
  readonly folder: string;
  /** `index.json`. */
  readonly index: ImageIndex;
  /** Reads an index or manifest of at most 4 MB, its bytes checked against the digest. Throws OciError. */
  manifest(digest: string): Promise<Manifest>;
  /** Reads a blob of at most 32 MB, its bytes checked against the digest. Throws OciError. */
  blob(digest: string): Promise<Uint8Array>;
}

/** Opens a layout: reads `oci-layout` and `index.json`. Throws OciError; LAYOUT_UNREADABLE where it is no layout. */
export async function openLayout(folder: string): Promise<Layout> {
  const root = await realpath(folder).catch((cause: unknown) => {
    throw noLayout(folder, cause);
  });
  await checkMarker(root, folder);
  const index = parseManifest(await readMember(root, folder, "index.json"), "index.json");
  if (index.kind !== "index") throw new OciError("LAYOUT_UNREADABLE", `${folder}: index.json is no image index`);
  return {
    folder,
    index,
    manifest: async (digest) => parseManifest(await readBlob(root, digest, MAX_MANIFEST_BYTES), digest),
    blob: (digest) => readBlob(root, digest, MAX_BLOB_BYTES),
  };
}

async function checkMarker(root: string, folder: string): Promise<void> {
  const version = stringAt(parseJson(await readMember(root, folder, "oci-layout"), "oci-layout"), "imageLayoutVersion");
  if (version !== undefined && /^1\.\d{1,9}\.\d{1,9}$/.test(version)) return;
  const found = version === undefined ? "no version" : JSON.stringify(version.slice(0, 40));
  throw new OciError("LAYOUT_UNREADABLE", `${folder}: oci-layout tells ${found}, not version 1 of the layout`);
}

async function readMember(root: string, folder: string, path: string): Promise<Uint8Array> {
  try {
    return await readInside({ root, path, most: MAX_MANIFEST_BYTES });
  } catch (error) {
    throw error instanceof OciError && error.code === "BLOB_MISSING" ? noLayout(folder, error) : error;
  }
}

async function readBlob(root: string, digest: string, most: number): Promise<Uint8Array> {
  const { algorithm, hex } = parseDigest(digest, "the blob asked for");
  const path = `blobs/${algorithm}/${hex}`;
  const bytes = await readInside({ root, path, most });
  const found = digestOf(bytes, algorithm);
  if (found !== digest) {
    throw new OciError("DIGEST_MISMATCH", `${path} has other bytes: their digest is ${found}`, {
      hint: "The file is damaged or was replaced: write the layout again.",
    });
  }
  return bytes;
}

function noLayout(folder: string, cause: unknown): OciError {
  return new OciError("LAYOUT_UNREADABLE", `${folder} is not an OCI image layout`, {
    hint: "Name a folder that holds oci-layout, index.json and blobs.",
    cause,
  });
}
