export const A = `sha256:${"a".repeat(64)}`;
export const B = `sha256:${"b".repeat(64)}`;
export const CONFIG = `sha256:${"c".repeat(64)}`;
const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

/** Of `docker buildx build --metadata-file`. */
export const BUILD = {
  "buildx.build.provenance": { buildType: "https://mobyproject.org/buildkit@v1" },
  "buildx.build.ref": "builder/builder0/0fjb6ubs52xx3vygf6fgdl611",
  "containerimage.config.digest": CONFIG,
  "containerimage.descriptor": { mediaType: INDEX_TYPE, digest: A, size: 506 },
  "containerimage.digest": A,
  "image.name": "registry.example:5000/acme/widget:1.4.0,registry.example:5000/acme/widget:latest",
};

/** The same where Docker's own store keeps the image: its id is the config's digest. */
export const LOADED = {
  "buildx.build.ref": "default/default/0fjb6ubs52xx3vygf6fgdl611",
  "containerimage.config.digest": CONFIG,
  "containerimage.descriptor": { mediaType: "application/vnd.docker.container.image.v1+json", digest: CONFIG, size: 9 },
  "containerimage.digest": CONFIG,
  "image.name": "docker.io/acme/widget:1.4.0",
};

export const JIB = {
  image: "acme/widget:1.4.0",
  imageId: CONFIG,
  imageDigest: A,
  tags: ["1.4.0", "latest"],
  imagePushed: true,
};

/** Of ORAS 1.3.6. */
export const ORAS = {
  reference: `localhost:5077/acme/widget@${A}`,
  mediaType: MANIFEST_TYPE,
  digest: A,
  size: 583,
  annotations: { "org.opencontainers.image.created": "2026-11-25T12:44:53Z" },
  artifactType: "application/vnd.unknown.artifact.v1",
  referenceAsTags: ["localhost:5077/acme/widget:1.0", "localhost:5077/acme/widget:latest"],
};

export const REPORT = `[build]
[[build.bom]]
  name = "node"

[image]
  tags = ["registry.example/acme/widget:1.4.0", "registry.example/acme/widget:latest"]
  digest = "${A}"
  manifest-size = 1234
`;

export const DOCKER = `The push refers to repository [docker.io/acme/widget]
5f70bf18a086: Pushed
1.4.0: digest: ${A} size: 1234
latest: digest: ${A} size: 1234
The push refers to repository [registry.example:5000/acme/tool]
5f70bf18a086: Layer already exists
2.0.0: digest: ${B} size: 528
`;

/** Of crane 0.22.1, on stderr. */
export const CRANE_LOG = `2026/11/25 12:45:08 pushed blob: ${CONFIG}
2026/11/25 12:45:08 localhost:5077/acme/widget:1: digest: ${A} size: 401
`;

export const HELM = `Pushed: ghcr.io/acme/charts/widget:1.4.0\nDigest: ${A}\n`;

export const SYNC = `${A} docker://registry.example:5000/acme/widget:1.4.0\n${B} docker://registry.example:5000/acme/tool:2.0.0\n`;

export const GORELEASER = `${"a".repeat(64)}  registry.example:5000/acme/widget:1.4.0
${"A".repeat(64)}  registry.example:5000/acme/widget:latest
  registry.example:5000/acme/tool:1.4.0
`;
