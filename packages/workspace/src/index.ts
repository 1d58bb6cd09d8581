export { WorkspaceError, type WorkspaceErrorCode } from "./error.ts";

// files
export { findFiles, type FindOptions, type FoundFile } from "./files/find-files.ts";
export type { FileDigest } from "./hash/digest-file.ts";
export { hashFile, hashFiles, type HashedFile, type HashProgress } from "./hash/hash-files.ts";
export { checkChecksums, type CheckedFile, type ChecksumCheck, type ChecksumEntry } from "./check-checksums.ts";

// the output folder
export { openOutputFolder, type OutputFolder } from "./output/folder.ts";
export { createFolderDepository } from "./output/depository.ts";
export { attestationFiles, type AttestationFiles } from "./output/file-names.ts";

// the source
export { readGitFacts, type GitFacts } from "./git/facts.ts";
export { readLockfile, type Lockfile } from "./lockfile.ts";

// what the project publishes
export { findPackages, type ProjectPackage, type ProjectPackages } from "./project/find-packages.ts";
