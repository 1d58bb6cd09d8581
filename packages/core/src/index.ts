// words
export { CoreError, type CoreErrorCode } from "./error.ts";
export {
  compareDigests,
  digestsFromIntegrity,
  hasStrongDigest,
  isStrong,
  parseHexDigest,
  type DigestSet,
} from "./digest.ts";
export { npmPurl, parsePurl, formatPurl, type Purl } from "./purl.ts";
export { parseObjectReference, type ObjectReference } from "./object-reference.ts";
export type { HelmReference } from "./helm-reference.ts";
export { repositoryUriOf, sameRepository } from "./source-repository.ts";
export { parseGlob, parsePattern, type TextMatch } from "./text-match.ts";
export { arrayAt, isObject, objectAt, parseStrictJson, stringAt, type JsonObject } from "./strict-json.ts";
export type {
  Channel,
  Member,
  NpmFacts,
  ObjectId,
  ObjectPart,
  Reason,
  ReleaseObject,
  Warning,
} from "./release-object.ts";

// attestations
export { IN_TOTO_PAYLOAD_TYPE, parseStatement, subjectLabel, type Statement, type Subject } from "./statement.ts";
export { PROVENANCE_TYPES, type Provenance } from "./provenance/form.ts";
export { readProvenance } from "./provenance/read.ts";
export { readVerificationSummary, VSA_TYPES, type VerificationSummary } from "./vsa.ts";
export { isPublishType, readPublishAttestation, type PublishAttestation } from "./publish-attestation.ts";

// ports
export { ARTIFACT_DIGEST_UNKNOWN, proofsIn } from "./ports.ts";
export type {
  Answer,
  Attestation,
  Authentication,
  BuildClaims,
  Check,
  Claimed,
  Gap,
  Inventory,
  InventoryPage,
  Proof,
  SignerIdentity,
  Store,
  StoreName,
  Target,
  Timestamp,
  Verifier,
} from "./ports.ts";

// emission
export type {
  BuildDefinition,
  BuildDescription,
  BuildObserver,
  IdentityProvider,
  IdentityToken,
  ResourceDescriptor,
  RunDetails,
} from "./emission-ports.ts";
export type { EnvelopeKey, EnvelopeSigner, NotDone, SignedEnvelope, Testimony, Witness } from "./signing-ports.ts";
export { BUNDLE_MEDIA_TYPE, toBundle, toEnvelope, toMessageBundle } from "./bundle.ts";
export { formatDraft, parseDraft, type Draft, type Testified } from "./draft.ts";
export type { Checkable, Deposit, Depository, Problem } from "./deposit-ports.ts";
export { parsePlan, type Plan, type PlannedStatement, type PlannedSubject } from "./plan.ts";
export type { Receipt, ReceiptDeposit, ReceiptObject, ReceiptPublication, ReceiptStatement } from "./receipt.ts";
export {
  TRUST_RANKS,
  type Predecessor,
  type Publication,
  type Publisher,
  type Served,
  type TrustRank,
  type VersionState,
} from "./publish-ports.ts";

// signers
export { GITHUB_ISSUER, GITLAB_ISSUER, isEnterpriseIssuer, parseWorkflowIdentity } from "./signer.ts";

// judgement
export { DEFAULT_BUILDERS, type BuilderTable, type ConfiguredBuilder } from "./builders.ts";
export { expectationFor, NO_EXPECTATION, type Expectation } from "./expectation.ts";
export { NO_FACTS, type Facts } from "./judge/context.ts";
export { createAuthenticator, type Authentications, type Authenticator } from "./judge/authentications.ts";
export { judge } from "./judge/judge.ts";
export { judgeWithMembers } from "./judge/members.ts";
export { UNTRUSTED_TRIGGERS } from "./judge/signer-checks.ts";
export {
  STATUSES,
  type Evidence,
  type Failure,
  type JudgedMember,
  type Source,
  type Status,
  type Verdict,
} from "./judge/verdict.ts";

// counting
export { gatedBounds, meetsThreshold, tally, type Bounds, type Counted, type Tally } from "./coverage.ts";

// results
export type { CoveredObject, CoverageResult, RequestCounts, StoreState, Summary } from "./coverage-result.ts";
export type { VerifyResult } from "./verify-result.ts";

// assessment
export type {
  FindingVerdict,
  Observation,
  ObservationEvidence,
  Observer,
  Probe,
  ProbeDefinition,
  Finding,
  Project,
  Requirement,
  RequirementCell,
} from "./assessment.ts";
export { SLSA_V0_1_PROVENANCE } from "./requirements/slsa-v0.1.ts";
export { projectProvenanceLevelV01, provenanceLevelV01 } from "./requirements/provenance-level.ts";
