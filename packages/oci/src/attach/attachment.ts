import { objectAt, stringAt, type Attestation } from "@colophon/core";
import { digestOf } from "../digest.ts";
import { readJson } from "../json.ts";
import type { FetchedManifest } from "../registry/fetch-manifest.ts";

/** The config of what has none (OCI image specification, "Guidance for an Empty Descriptor"). */
export const EMPTY_CONFIG: Uint8Array = Buffer.from("{}");
const EMPTY_TYPE = "application/vnd.oci.empty.v1+json";
const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

/** A manifest that attaches a bundle to another one, as it is written, and how an index lists it. */
export interface Attachment {
  readonly bytes: Uint8Array;
  readonly entry: ListEntry;
}

/** A descriptor with what lists of referrers copy of the manifest (OCI distribution specification). */
export interface ListEntry {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The manifest that cosign and gh would write for a Sigstore bundle. `created`: RFC 3339. */
export function toAttachment(bundle: Attestation, subject: FetchedManifest, created: string): Attachment {
  const envelope = objectAt(readJson(bundle.bytes), "dsseEnvelope");
  const statement = readJson(Buffer.from(stringAt(envelope, "payload") ?? "", "base64"));
  const predicateType = stringAt(statement, "predicateType");
  const annotations = {
    "dev.sigstore.bundle.content": envelope === undefined ? "message-signature" : "dsse-envelope",
    ...(predicateType !== undefined && { "dev.sigstore.bundle.predicateType": predicateType }),
    "org.opencontainers.image.created": created,
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: bundle.mediaType,
    config: { mediaType: EMPTY_TYPE, digest: digestOf(EMPTY_CONFIG), size: EMPTY_CONFIG.byteLength },
    layers: [{ mediaType: bundle.mediaType, digest: digestOf(bundle.bytes), size: bundle.bytes.byteLength }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    annotations,
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const size = bytes.byteLength;
  const entry = {
    mediaType: MANIFEST_TYPE,
    digest: digestOf(bytes),
    size,
    artifactType: bundle.mediaType,
    annotations,
  };
  return { bytes, entry };
}

/** How an index lists a manifest that was read. */
export function toListEntry({ digest, mediaType, size, manifest }: FetchedManifest): ListEntry {
  const config = manifest.kind === "manifest" ? manifest.config.mediaType : mediaType;
  return { mediaType, digest, size, artifactType: manifest.artifactType ?? config, annotations: manifest.annotations };
}
