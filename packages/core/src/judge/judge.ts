import type { BuilderTable } from "../builders.ts";
import { hasStrongDigest } from "../digest.ts";
import type { Expectation, Fault } from "../expectation.ts";
import { proofsIn, type Answer, type Check } from "../ports.ts";
import type { Channel, ReleaseObject, Warning } from "../release-object.ts";
import { VSA_TYPES } from "../vsa.ts";
import { authenticationOf, type Authentications } from "./authentications.ts";
import type { Facts } from "./context.ts";
import { examine, type Examination } from "./examine.ts";
import {
  checkPublishCondition,
  isPublishAttestation,
  type AuthenticatedProof,
  type PublishCondition,
} from "./publish-condition.ts";
import type { Evidence, Failure, Status, Verdict } from "./verdict.ts";

/**
 * Judges one object by the stores' answers (design §3, status: the first rule that applies). Pure: no clock, no I/O;
 * every answer must be about this object, and every proof found must have been authenticated.
 */
export function judge(
  object: ReleaseObject,
  answers: readonly Answer[],
  authentications: Authentications,
  expectation: Expectation,
  builders: BuilderTable,
  facts: Facts,
): Verdict {
  const context = { object, expectation, builders, facts };
  const authenticated = answers.flatMap(proofsIn).map((proof) => ({
    proof,
    authentication: authenticationOf(proof, object.digest, authentications),
  }));
  const publish = authenticated.filter(isPublishAttestation);
  const examinations = authenticated
    .filter((entry) => !publish.includes(entry))
    .map(({ proof, authentication }) => examine(proof, authentication, context));
  const { condition, results } = checkPublishCondition(publish, context);
  const best = bestMatch(examinations);
  const evidence = [
    ...examinations.map(describeEvidence),
    ...publish.map((entry, index) => describePublish(entry, results[index] ?? condition)),
  ];
  const decided = decide(object, isIdentified(object, expectation), answers, examinations, publish, condition, best);
  const shown = best ?? examinations.find(({ authenticated: proven }) => proven);
  return {
    object: object.id,
    ...decided,
    level: decided.status === "verified" ? (best?.level ?? null) : null,
    ...describeShown(shown),
    expectation: expectation.basis,
    evidence,
    warnings: [...collectWarnings(object, shown), ...answers.flatMap(toldBeside)],
  };
}

/** What the best proof proves beside the level, be it of what was asked for or not. */
function describeShown(
  shown: Examination | undefined,
): Pick<Verdict, "source" | "sourceRepositoryId" | "builder" | "workflow" | "predicateType" | "signedAt"> {
  if (shown === undefined)
    return { source: null, sourceRepositoryId: null, builder: null, workflow: null, predicateType: null };
  const { source, sourceRepositoryId, builder, workflow, predicateType, signedAt } = shown;
  return {
    source: Object.keys(source).length === 0 ? null : source,
    sourceRepositoryId,
    builder,
    workflow,
    predicateType,
    ...(signedAt === undefined ? {} : { signedAt }),
  };
}

/** Of all that match, the one with the highest level. */
function bestMatch(examinations: readonly Examination[]): Examination | undefined {
  return examinations
    .filter(({ faults }) => faults.length === 0)
    .toSorted((left, right) => (right.level ?? -1) - (left.level ?? -1))[0];
}

/** By a strong digest; the subject of a verification summary may be identified by an id of another kind. */
function isIdentified({ digest }: ReleaseObject, { predicateTypes = [] }: Expectation): boolean {
  const summarized = predicateTypes.length > 0 && predicateTypes.every((type) => VSA_TYPES.includes(type));
  return hasStrongDigest(digest) || (summarized && Object.keys(digest).length > 0);
}

function decide(
  { channels }: ReleaseObject,
  identified: boolean,
  answers: readonly Answer[],
  examinations: readonly Examination[],
  publish: readonly AuthenticatedProof[],
  condition: PublishCondition,
  best: Examination | undefined,
): { status: Status; failure?: Failure } {
  if (best !== undefined && condition.holds && identified) return { status: "verified" };
  const unknown = findUnknown(identified, answers, examinations, condition);
  if (unknown !== undefined) return { status: "unknown", failure: unknown };
  const accusing = findKind(examinations, ["broken", "contradicts"]);
  if (accusing !== undefined) return { status: "mismatch", failure: accusing };
  if (publish.length > 0 && !condition.holds && condition.kind === "contradicts") {
    return { status: "mismatch", failure: condition.failure };
  }
  if (!condition.holds && (best !== undefined || publish.length > 0)) {
    return { status: "present", failure: condition.failure };
  }
  const lesser = findKind(examinations, ["lesser"]);
  if (lesser !== undefined) return { status: "present", failure: lesser };
  if (publish.length > 0) return { status: "present", failure: ONLY_PUBLISHED };
  return { status: "missing", failure: describeMissing(examinations, channels) };
}

function findUnknown(
  identified: boolean,
  answers: readonly Answer[],
  examinations: readonly Examination[],
  condition: PublishCondition,
): Failure | undefined {
  const unavailable = answers.find((answer) => answer.status === "unavailable");
  if (unavailable !== undefined) return { check: "unavailable", ...unavailable.reason };
  if (!identified) {
    return {
      check: "unavailable",
      code: "digest-not-told",
      message: "no sha256, sha384 or sha512 digest of the object is told",
      hint: "Download and hash it with --hash.",
    };
  }
  if (!condition.holds && condition.kind === "unavailable") return condition.failure;
  return findKind(examinations, ["unavailable"]);
}

/** The first fault of that kind, in the order of the checks. */
function findKind(examinations: readonly Examination[], kinds: readonly Fault["kind"][]): Failure | undefined {
  const relevant = examinations.filter(({ faults }) => !faults.some(({ kind }) => kind === "elsewhere"));
  const found = relevant.flatMap(({ faults }) => faults).find(({ kind }) => kinds.includes(kind));
  if (found === undefined) return undefined;
  const { kind: _, ...failure } = found;
  return failure;
}

const ONLY_PUBLISHED: Failure = {
  check: "predicate-type",
  code: "no-provenance",
  message: "the registry attests that it was published, but nothing says how it was built",
  hint: "Publish with provenance: npm publish --provenance from a supported CI, or a trusted publisher.",
};

function describeMissing(examinations: readonly Examination[], channels: readonly Channel[]): Failure {
  const elsewhere = examinations.flatMap(({ faults }) => faults).find(({ kind }) => kind === "elsewhere");
  return {
    check: elsewhere?.check ?? "subject",
    code: "no-provenance",
    message: "every store that was asked holds no provenance of it",
    hint:
      elsewhere === undefined
        ? channels.includes("oci")
          ? "Release it with provenance: colophon-container-push attaches it right after the push."
          : "Release it with provenance; what is already published there cannot be given any."
        : "Provenance of something else was found beside it: attest the published object itself.",
  };
}

function describeEvidence(examination: Examination): Evidence {
  const { proof, faults, signer } = examination;
  const worst = ["broken", "contradicts", "unavailable", "elsewhere", "lesser"] as const;
  const first = worst.map((kind) => faults.find((fault) => fault.kind === kind)).find((found) => found !== undefined);
  return {
    store: proof.store,
    location: proof.location,
    predicateType: examination.predicateType,
    signer: signer === undefined ? null : signer.kind === "certificate" ? signer.subject : signer.keyId,
    issuer: signer?.kind === "certificate" ? signer.issuer : null,
    authenticated: examination.authenticated,
    verdict: first?.check ?? "verified",
    ...(first === undefined ? {} : { message: first.message }),
  };
}

function describePublish({ proof, authentication }: AuthenticatedProof, condition: PublishCondition): Evidence {
  const claimed = authentication.ok ? authentication : (authentication.claimed ?? {});
  const { signer, statement } = claimed;
  const verdict: "verified" | Check = !authentication.ok
    ? authentication.check
    : condition.holds
      ? "verified"
      : condition.failure.check;
  return {
    store: proof.store,
    location: proof.location,
    predicateType: statement?.predicateType ?? proof.listedAs ?? null,
    signer: signer === undefined ? null : signer.kind === "certificate" ? signer.subject : signer.keyId,
    issuer: signer?.kind === "certificate" ? signer.issuer : null,
    authenticated: authentication.ok,
    verdict,
    ...(verdict === "verified" || condition.holds ? {} : { message: condition.failure.message }),
  };
}

function collectWarnings(object: ReleaseObject, shown: Examination | undefined): Warning[] {
  const deprecated =
    object.deprecated === null ? [] : [{ code: "deprecated", message: object.deprecated.slice(0, 500) }];
  return [...(shown?.warnings ?? []), ...(object.warnings ?? []), ...deprecated];
}

function toldBeside(answer: Answer): readonly Warning[] {
  return answer.status === "answered" ? (answer.warnings ?? []) : [];
}
