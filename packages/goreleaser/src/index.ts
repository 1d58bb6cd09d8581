export { GoreleaserError, type GoreleaserErrorCode } from "./error.ts";

// artifacts.json
export { formatArtifacts, parseArtifacts, type Artifact, type ArtifactExtra } from "./artifact.ts";
export { artifactDigest } from "./artifact-digest.ts";
export { roleOf, type ArtifactRole } from "./role.ts";

// metadata.json
export { formatMetadata, parseMetadata, type Metadata, type MetadataRuntime } from "./metadata.ts";

// checksum files
export { formatChecksums } from "./checksums/format.ts";
export { parseChecksums, type ChecksumEntry, type Checksums } from "./checksums/parse.ts";
export { withoutSignatures } from "./checksums/signatures.ts";

// images, and digests.txt
export { groupImages, imageDigestsOf, type ImageDigest, type PublishedImage } from "./images.ts";
export { formatImageDigests, parseImageDigests } from "./image-digests.ts";
