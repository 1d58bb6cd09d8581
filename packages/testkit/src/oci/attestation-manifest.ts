import { IMAGE_CONFIG, toDigest, type ContentBuilder, type OciDescriptor } from "./content.ts";

/** How BuildKit stores attestations in an index: as images of platform `unknown/unknown`, or since 0.32 as artifacts. */
export type AttestationShape = "image-config" | "oci-artifact";

const ARTIFACT_TYPE = "application/vnd.docker.attestation.manifest.v1+json";

/** The image that is attested, as BuildKit names it. */
interface AttestedImage {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly platform: string;
}

/** Adds BuildKit's unsigned provenance of one platform and gives the index entry that points to it. */
export function addAttestation(
  content: ContentBuilder,
  subject: OciDescriptor,
  image: AttestedImage,
  shape: AttestationShape,
): OciDescriptor {
  const statement = JSON.stringify(buildStatement(subject.digest, image, shape));
  const predicateType = PREDICATES[shape].type;
  const layer = content.addBlob(statement, "application/vnd.in-toto+json", {
    "in-toto.io/predicate-type": predicateType,
  });
  const unknown = { architecture: "unknown", os: "unknown" };
  let descriptor: OciDescriptor;
  if (shape === "oci-artifact") {
    const { mediaType, digest, size } = subject;
    const rest = { layers: [layer], subject: { mediaType, digest, size } };
    descriptor = content.addManifest({ artifactType: ARTIFACT_TYPE, config: content.addEmptyConfig(), ...rest });
  } else {
    const rootfs = { type: "layers", diff_ids: [toDigest(Buffer.from(statement))] };
    const config = content.addBlob(JSON.stringify({ ...unknown, config: {}, rootfs }), IMAGE_CONFIG);
    descriptor = content.addManifest({ config, layers: [layer] });
  }
  const annotations = {
    "vnd.docker.reference.digest": subject.digest,
    "vnd.docker.reference.type": "attestation-manifest",
  };
  return { ...descriptor, annotations, platform: unknown };
}

/** BuildKit 0.32 writes SLSA v1; versions that stored images wrote v0.2 for the most time. */
const PREDICATES = {
  "oci-artifact": {
    statement: "https://in-toto.io/Statement/v1",
    type: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
        externalParameters: { request: { frontend: "dockerfile.v0" } },
      },
      runDetails: { builder: { id: "" } },
    },
  },
  "image-config": {
    statement: "https://in-toto.io/Statement/v0.1",
    type: "https://slsa.dev/provenance/v0.2",
    predicate: {
      builder: { id: "" },
      buildType: "https://mobyproject.org/buildkit@v1",
      invocation: { configSource: {}, parameters: { frontend: "dockerfile.v0" } },
    },
  },
} as const;

function buildStatement(digest: string, { repository, tag, platform }: AttestedImage, shape: AttestationShape): object {
  const { statement, type, predicate } = PREDICATES[shape];
  const version = tag === undefined ? "" : `@${tag}`;
  const name = `pkg:docker/${repository}${version}?platform=${encodeURIComponent(platform)}`;
  const sha256 = digest.slice("sha256:".length);
  return { _type: statement, predicateType: type, subject: [{ name, digest: { sha256 } }], predicate };
}
