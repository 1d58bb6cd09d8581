export { failureOf, leaveReceipt } from "./failure.ts";
export { metadataOf } from "./metadata.ts";
export { openNpmPublishing, type NpmPublishing, type NpmPublishingRequest } from "./npm-publishing.ts";
export type { PublisherRequest, RegistryProvenance } from "./npm-publisher.ts";
export { openServices, type ServicesRequest, type SigningServices } from "./open-services.ts";
export { observeFiles } from "./observe.ts";
export { openEmission, type Emission, type EmissionPorts, type EmissionRequest } from "./open.ts";
export type { NamedServices } from "./services.ts";
export { statementFiles } from "./statement-files.ts";
export { withOci } from "./deposits.ts";
export { imagesOfPlan, readPushed, type BuilderOutput, type Images, type ImageSubjects } from "./images.ts";
export { parseArtifacts, parseChecksums, roleOf } from "@colophon/goreleaser";
export {
  attestationFiles,
  checkChecksums,
  findFiles,
  hashFiles,
  readGitFacts,
  type GitFacts,
  type OutputFolder,
} from "@colophon/workspace";
export { checkManifest, parsePublishSummary, readFolderManifest, readTarballManifest } from "@colophon/npm/publish";
export { toNpmBuild } from "@colophon/build";
