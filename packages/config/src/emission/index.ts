export { metadataOf } from "./metadata.ts";
export { openEmission, type Emission, type EmissionPorts, type EmissionRequest } from "./open.ts";
export type { NamedServices } from "./services.ts";
export { parseChecksums } from "@colophon/goreleaser";
export {
  attestationFiles,
  checkChecksums,
  findFiles,
  hashFiles,
  openOutputFolder,
  readGitFacts,
  type GitFacts,
  type OutputFolder,
} from "@colophon/workspace";
