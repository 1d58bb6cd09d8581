import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { digestOf } from "../src/digest.ts";

export const IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const IMAGE_INDEX = "application/vnd.oci.image.index.v1+json";
export const IMAGE_CONFIG = "application/vnd.oci.image.config.v1+json";
export const DSSE = "application/vnd.dsse.envelope.v1+json";

export interface WrittenDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A layout that a test fills; it goes when the test ends. */
export interface LayoutFolder {
  readonly folder: string;
  /** Writes a blob under its digest and describes it. */
  add(content: unknown, mediaType: string, annotations?: Record<string, string>): Promise<WrittenDescriptor>;
  /** Writes the manifest of an image whose only layer is that text. */
  addImage(text: string, annotations?: Record<string, string>): Promise<WrittenDescriptor>;
  /** Writes a manifest of those layers. */
  addManifest(
    layers: readonly WrittenDescriptor[],
    more?: Record<string, unknown>,
    annotations?: Record<string, string>,
  ): Promise<WrittenDescriptor>;
  writeIndex(manifests: readonly unknown[]): Promise<void>;
  writeBlob(digest: string, content: string | Uint8Array): Promise<void>;
}

/** A folder that is removed when the test ends. */
export async function makeFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "colophon-oci-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function makeLayout(name = "widget"): Promise<LayoutFolder> {
  const folder = join(await makeFolder(), name);
  await mkdir(join(folder, "blobs", "sha256"), { recursive: true });
  await mkdir(join(folder, "blobs", "sha512"));
  await writeFile(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  const layout: LayoutFolder = {
    folder,
    async add(content, mediaType, annotations) {
      const bytes = Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
      const digest = digestOf(bytes);
      await layout.writeBlob(digest, bytes);
      return { mediaType, digest, size: bytes.byteLength, ...(annotations && { annotations }) };
    },
    async addImage(text, annotations) {
      const layer = await layout.add(text, "application/vnd.oci.image.layer.v1.tar");
      return await layout.addManifest([layer], {}, annotations);
    },
    async addManifest(layers, more = {}, annotations) {
      const config = await layout.add({}, IMAGE_CONFIG);
      const manifest = { schemaVersion: 2, mediaType: IMAGE_MANIFEST, config, layers, ...more };
      return await layout.add(manifest, IMAGE_MANIFEST, annotations);
    },
    async writeIndex(manifests) {
      await writeFile(
        join(folder, "index.json"),
        JSON.stringify({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests }),
      );
    },
    async writeBlob(digest, content) {
      await writeFile(join(folder, "blobs", digest.replace(":", "/")), content);
    },
  };
  await layout.writeIndex([]);
  return layout;
}

/** Index of an image for a multi-platform layout. */
export async function addIndex(
  layout: LayoutFolder,
  manifests: readonly WrittenDescriptor[],
  annotations?: Record<string, string>,
): Promise<WrittenDescriptor> {
  return await layout.add({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests }, IMAGE_INDEX, annotations);
}

/** The DSSE envelope of a statement about that digest; its signature is none. */
export function envelopeFor(digest: string, predicateType = "https://slsa.dev/provenance/v1"): unknown {
  const [algorithm = "", hex] = digest.split(":");
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "widget", digest: { [algorithm]: hex } }],
    predicateType,
    predicate: {},
  };
  return {
    payloadType: "application/vnd.in-toto+json",
    payload: Buffer.from(JSON.stringify(statement)).toString("base64"),
    signatures: [{ keyid: "", sig: "c2ln" }],
  };
}

export function refName(name: string): Record<string, string> {
  return { "org.opencontainers.image.ref.name": name };
}
