import type { Annotations, Descriptor } from "./descriptor.ts";
import type { Manifest } from "./manifest.ts";

export const DSSE_LAYER = "application/vnd.dsse.envelope.v1+json";
const SIGNATURE_LAYER = "application/vnd.dev.cosign.simplesigning.v1+json";
const IN_TOTO_LAYER = "application/vnd.in-toto+json";
const BUNDLE_LAYER_PREFIX = "application/vnd.dev.sigstore.bundle";

const IMAGE_CONFIGS: ReadonlySet<string> = new Set([
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
]);

/**
 * What the entry of an index says of what it points to: an image under a tag or none, something about an image, or
 * the list of referrers that clients keep where a registry has no API for it.
 */
export type Role =
  | { readonly as: "image"; readonly tag: string | null }
  | { readonly as: "evidence"; readonly subject: string | null }
  | { readonly as: "referrers" };

/** Reads the annotations of an index entry: OCI's ref name, BuildKit's references, the kinds that `cosign save` writes. */
export function roleOf({ annotations, digest }: Descriptor): Role {
  const reference = annotations["org.opencontainers.image.ref.name"] ?? "";
  const [, hex, ending] = /(?:^|:)sha256-([0-9a-f]{64})(\.att|\.sig|\.sbom)?$/.exec(reference) ?? [];
  if (hex !== undefined && ending !== undefined) return { as: "evidence", subject: `sha256:${hex}` };
  // Some registries answer for this tag with the image itself, and so may a layout that was copied from one.
  if (hex !== undefined) return digest === `sha256:${hex}` ? { as: "image", tag: null } : { as: "referrers" };
  if (annotations["vnd.docker.reference.type"] === "attestation-manifest") {
    return { as: "evidence", subject: annotations["vnd.docker.reference.digest"] ?? null };
  }
  const kind = annotations["kind"];
  if (kind === "dev.cosignproject.cosign/atts" || kind === "dev.cosignproject.cosign/sigs") {
    return { as: "evidence", subject: null };
  }
  return { as: "image", tag: tagIn(annotations) };
}

/** The ref name where it can be one: a tag, or a whole reference. */
function tagIn(annotations: Annotations): string | null {
  const reference = annotations["org.opencontainers.image.ref.name"] ?? "";
  return /^\w[\w.+:@/-]{0,254}$/.test(reference) ? reference : null;
}

/** Whether a layer of that type holds an attestation. */
export function isAttestationLayer({ mediaType }: Descriptor): boolean {
  return mediaType === DSSE_LAYER || mediaType === IN_TOTO_LAYER || mediaType.startsWith(BUNDLE_LAYER_PREFIX);
}

/** Whether the manifest itself is about an image: nothing that a project publishes for its own sake. */
export function isEvidence(manifest: Manifest): boolean {
  const isArtifact =
    manifest.artifactType !== undefined ||
    (manifest.kind === "manifest" && !IMAGE_CONFIGS.has(manifest.config.mediaType));
  // A subject alone takes no image out of the count.
  if (manifest.subject !== undefined && isArtifact) return true;
  if (manifest.kind === "index" || manifest.layers.length === 0) return false;
  return manifest.layers.every((layer) => isAttestationLayer(layer) || layer.mediaType === SIGNATURE_LAYER);
}
