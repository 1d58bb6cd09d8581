export { describeBuild, type BuildRequest } from "./build.ts";
export { openDepositories } from "./deposits.ts";
export { openEmission, type Emission } from "./open.ts";
export type { NamedServices } from "./services.ts";
export { readSigning, type Signing, type SigningRequest } from "./signing.ts";
export { formatArtifacts, formatMetadata, parseChecksums, type Artifact } from "@colophon/goreleaser";
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
