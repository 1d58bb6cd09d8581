export { AttestError, type AttestErrorCode } from "./error.ts";
export type { Folder, SealPorts } from "./ports.ts";
export { emit, writePlan } from "./emit.ts";
export { admit, type Admission } from "./admit.ts";
export { prepare, type NameFiles, type PrepareRequest } from "./prepare.ts";
export { release, type ReleaseRequest } from "./publish/release.ts";
export { receiptOfFailure } from "./receipt.ts";
export { seal } from "./seal.ts";
export type { Predicate } from "./statement.ts";
