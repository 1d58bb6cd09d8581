// before anything is published
export type { PackageManifest, PackedManifest, PublishConfig } from "./manifest.ts";
export { readTarballManifest } from "./tarball-manifest.ts";
export { readFolderManifest } from "./folder-manifest.ts";
export { checkManifest, type ManifestExpectation } from "./check-manifest.ts";

// the tools
export { packPackage, type PackRequest, type PackScripts } from "./pack-package.ts";
export { publishTarball, type PublishOutcome, type PublishRequest } from "./publish-tarball.ts";
export { canTakeProvenanceFile, toolVersion } from "./tool-version.ts";
export type { Tool } from "./find-tool.ts";
export type { ToolRun } from "./run-tool.ts";
export { parsePublishSummary, type PublisherEntry } from "./publisher-output.ts";

// the registry
export {
  createNpmPublication,
  type NpmPublication,
  type NpmPublicationOptions,
  type VersionState,
} from "./publication.ts";
export type { ReadBack, ReadBackRequest } from "./read-back.ts";

export { NpmError, type NpmErrorCode } from "../error.ts";
