import { gunzipSync } from "node:zlib";
import { buildTarball } from "../npm/tarball.ts";
import { addAttestation, type AttestationShape } from "./attestation-manifest.ts";
import {
  createContent,
  IMAGE_CONFIG,
  IMAGE_INDEX,
  toDigest,
  type ContentBuilder,
  type OciContent,
  type OciDescriptor,
} from "./content.ts";

/** What an image is made of. */
export interface ImageOptions {
  /** Each `os/architecture` or `os/architecture/variant`; default `linux/amd64`. Several make an index. */
  readonly platforms?: readonly string[];
  /** Puts BuildKit's unsigned provenance beside every platform, which makes an index even of one. */
  readonly attestations?: AttestationShape;
  /** What the image holds: the same text gives the same digests. Default: repository and first tag. */
  readonly text?: string;
}

/** The digests of an image; those by platform have the platforms' names as members. */
export interface ImageDigests {
  /** What the tags name: the index, or the one manifest. */
  readonly digest: string;
  readonly platforms: Readonly<Record<string, string>>;
  /** BuildKit's attestation manifests by the platform that they are about. */
  readonly attestations: Readonly<Record<string, string>>;
}

/** An image as a builder would push it. */
export function buildImage(
  repository: string,
  tags: readonly string[],
  { platforms = ["linux/amd64"], attestations, text = `${repository}:${tags[0] ?? ""}` }: ImageOptions = {},
): OciContent & ImageDigests {
  const built = createContent();
  const isIndex = platforms.length > 1 || attestations !== undefined;
  const entries = platforms.map((name) => addPlatform(built, name, text, isIndex ? [] : tags));
  const attested =
    attestations === undefined
      ? []
      : entries.map((entry) => {
          return addAttestation(
            built,
            entry.descriptor,
            { repository, tag: tags[0], platform: entry.name },
            attestations,
          );
        });
  const manifests = [...entries.map(({ descriptor }) => descriptor), ...attested];
  const digest = isIndex
    ? built.addManifest({ manifests }, { mediaType: IMAGE_INDEX, tags }).digest
    : (entries[0]?.descriptor.digest ?? "");
  return {
    ...built.content,
    digest,
    platforms: Object.fromEntries(entries.map(({ name, descriptor }) => [name, descriptor.digest])),
    attestations: Object.fromEntries(attested.map((descriptor, index) => [platforms[index], descriptor.digest])),
  };
}

function addPlatform(
  built: ContentBuilder,
  name: string,
  text: string,
  tags: readonly string[],
): { name: string; descriptor: OciDescriptor } {
  const [os = "", architecture = "", variant] = name.split("/");
  const platform = { architecture, os, ...(variant !== undefined && { variant }) };
  const archive = buildTarball({ app: `${text} for ${name}\n` });
  const rootfs = { type: "layers", diff_ids: [toDigest(gunzipSync(archive))] };
  const config = built.addBlob(JSON.stringify({ ...platform, config: {}, rootfs }), IMAGE_CONFIG);
  const layer = built.addBlob(archive, "application/vnd.oci.image.layer.v1.tar+gzip");
  return { name, descriptor: { ...built.addManifest({ config, layers: [layer] }, { tags }), platform } };
}
