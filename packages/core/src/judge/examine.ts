import { CoreError } from "../error.ts";
import type { Fault } from "../expectation.ts";
import { CHECKS, type Authentication, type Proof, type SignerIdentity, type Timestamp } from "../ports.ts";
import { PROVENANCE_TYPES, type Provenance } from "../provenance/form.ts";
import { readProvenance } from "../provenance/read.ts";
import type { Warning } from "../release-object.ts";
import { parseWorkflowIdentity } from "../signer.ts";
import type { Statement } from "../statement.ts";
import { VSA_TYPES } from "../vsa.ts";
import type { JudgeContext } from "./context.ts";
import { checkBuilder, checkSigner, isSelfHosted } from "./signer-checks.ts";
import { checkConsistency, checkSource, readSource } from "./source.ts";
import { readPushedBranch } from "./pushed-branch.ts";
import { checkSubject } from "./subject.ts";
import { checkSummary } from "./summary.ts";
import type { Source } from "./verdict.ts";

/** One proof held against one object: without faults it matches. */
export interface Examination {
  readonly proof: Proof;
  readonly faults: readonly Fault[];
  readonly authenticated: boolean;
  readonly predicateType: string | null;
  readonly signer: SignerIdentity | undefined;
  readonly level: number | null;
  readonly source: Source;
  readonly sourceRepositoryId: string | null;
  readonly builder: string | null;
  readonly workflow: string | null;
  readonly signedAt?: string;
  readonly warnings: readonly Warning[];
}

/** Holds one proof against the object and what is expected of it. */
export function examine(proof: Proof, authentication: Authentication, context: JudgeContext): Examination {
  return authentication.ok
    ? { ...examineAuthenticated(proof, authentication, context), ...readSigningTime(authentication.times) }
    : examineFailed(proof, authentication, context);
}

/** An authority saw the signature itself; a log took it in later. */
function readSigningTime(times: readonly Timestamp[]): { readonly signedAt?: string } {
  const signing = times.find(({ from }) => from === "authority") ?? times[0];
  return signing === undefined ? {} : { signedAt: signing.time };
}

function examineAuthenticated(
  proof: Proof,
  authentication: Extract<Authentication, { ok: true }>,
  context: JudgeContext,
): Examination {
  const { statement, signer, times } = authentication;
  const warnings = [...(authentication.warnings ?? [])];
  if (statement === undefined) {
    const fault = lesser("predicate-type", "message-signature", "it is a signature over the object, not provenance");
    return describe(proof, { authenticated: true, statement, signer, faults: [fault] });
  }
  const accepted = context.expectation.predicateTypes ?? PROVENANCE_TYPES;
  const subject = checkSubject(statement, proof, context);
  if (!accepted.includes(statement.predicateType)) {
    const fault = lesser(
      "predicate-type",
      "predicate-type-differs",
      "its predicate is not build provenance",
      accepted.join(" or "),
      statement.predicateType.slice(0, 200),
    );
    const faults = inOrder([fault, ...subject.faults], proof);
    return describe(proof, { authenticated: true, statement, signer, faults, warnings });
  }
  if (VSA_TYPES.includes(statement.predicateType)) {
    const faults = inOrder([...checkSigner(signer, null, context), ...checkSummary(statement, signer, context)], proof);
    return describe(proof, { authenticated: true, statement, signer, faults, warnings });
  }
  const repositoryId = signer.kind === "certificate" ? signer.claims.sourceRepositoryId : undefined;
  const read = readPredicate(statement);
  if ("fault" in read) {
    const about = checkTold(readSource(signer, null), repositoryId, times, context);
    const faults = inOrder([read.fault, ...subject.faults, ...about], proof);
    return describe(proof, { authenticated: true, statement, signer, faults, warnings });
  }
  const { provenance } = read;
  const consistency = checkConsistency(signer, provenance);
  const builder = checkBuilder(signer, provenance, context);
  const source = { ...readSource(signer, provenance), ...readPushedBranch(provenance, builder.level) };
  const found = [
    ...subject.faults,
    ...checkSigner(signer, provenance, context),
    ...builder.faults,
    ...consistency.faults,
    ...checkSource(source, repositoryId, times, context),
  ];
  const faults = inOrder(found, proof);
  const all = [...warnings, ...subject.warnings, ...consistency.warnings, ...warnOfRunner(signer, provenance)];
  return describe(proof, {
    authenticated: true,
    statement,
    signer,
    provenance,
    faults,
    warnings: all,
    level: builder.level,
  });
}

/** What an attestation says without proving it can accuse it, by naming another source, but never prove anything. */
function examineFailed(
  proof: Proof,
  failed: Extract<Authentication, { ok: false }>,
  context: JudgeContext,
): Examination {
  const kinds = { broken: "broken", unprovable: "lesser", unavailable: "unavailable" } as const;
  // A signature over other bytes; filed by digest, anyone may have put it there.
  const isElsewhere = failed.check === "subject" && failed.kind === "broken" && proof.filed !== "object";
  const own: Fault = {
    check: failed.check,
    kind: isElsewhere ? "elsewhere" : kinds[failed.kind],
    code: failed.code,
    message: failed.message,
    ...(failed.hint === undefined ? {} : { hint: failed.hint }),
  };
  const { statement, signer } = failed.claimed ?? {};
  const claimed =
    statement === undefined || failed.kind === "unavailable" ? [] : examineClaim(statement, signer, proof, context);
  return describe(proof, { authenticated: false, statement, signer, faults: [own, ...claimed] });
}

function examineClaim(
  statement: Statement,
  signer: SignerIdentity | undefined,
  proof: Proof,
  context: JudgeContext,
): Fault[] {
  // A summary that is not proven says nothing of a source, and its subject may be of a kind that only it knows.
  if (VSA_TYPES.includes(statement.predicateType)) return [];
  const { faults } = checkSubject(statement, proof, context);
  if (faults.some(({ kind }) => kind === "elsewhere")) return faults;
  const read = readPredicate(statement);
  const provenance = "fault" in read ? null : read.provenance;
  const { keyedRegistries } = context.facts;
  const about = checkTold(readSource(signer, provenance), undefined, [], { ...context, facts: { keyedRegistries } });
  return inOrder([...faults, ...about.map(markAsClaimed)], proof);
}

/** What nothing proves must not read like a fact, not even where it accuses. */
function markAsClaimed(fault: Fault): Fault {
  return { ...fault, message: `claims, without proof, to be ${fault.message}` };
}

/** What is told of the source, held against what is expected; what is not told accuses nobody. */
function checkTold(
  source: Source,
  repositoryId: string | undefined,
  times: readonly Timestamp[],
  context: JudgeContext,
): Fault[] {
  const told = { "source-repository": source.repository, "source-ref": source.ref, "source-digest": source.commit };
  return checkSource(source, repositoryId, times, context).filter(
    ({ check }) => told[check as keyof typeof told] !== undefined,
  );
}

/** Faults in the order of the checks. */
function inOrder(faults: readonly Fault[], proof: Proof): Fault[] {
  return faults
    .map((fault) => soften(fault, proof))
    .toSorted((left, right) => CHECKS.indexOf(left.check) - CHECKS.indexOf(right.check));
}

/** Beside the source, only what is filed under the object itself accuses; by digest, anyone may have attested anything. */
function soften(fault: Fault, proof: Proof): Fault {
  const accuses = proof.filed === "object" || fault.check.startsWith("source-");
  return fault.kind === "contradicts" && !accuses ? { ...fault, kind: "lesser" } : fault;
}

function readPredicate(statement: Statement): { provenance: Provenance | null } | { fault: Fault } {
  try {
    return { provenance: readProvenance(statement) };
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    return {
      fault: {
        ...lesser("predicate-type", "predicate-malformed", cause.message),
        ...(cause.hint === undefined ? {} : { hint: cause.hint }),
      },
    };
  }
}

function warnOfRunner(signer: SignerIdentity, provenance: Provenance | null): Warning[] {
  if (!isSelfHosted(signer, provenance)) return [];
  return [{ code: "runner-not-hosted", message: "built on a self-hosted runner: SLSA Build level 1 at most" }];
}

function lesser(check: Fault["check"], code: string, message: string, expected?: string, actual?: string): Fault {
  return {
    check,
    kind: "lesser",
    code,
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual }),
  };
}

interface Described {
  readonly authenticated: boolean;
  readonly statement: Statement | undefined;
  readonly signer: SignerIdentity | undefined;
  readonly provenance?: Provenance | null;
  readonly faults: readonly Fault[];
  readonly warnings?: readonly Warning[];
  readonly level?: number | null;
}

function describe(proof: Proof, described: Described): Examination {
  const { authenticated, statement, signer, faults, provenance = null, warnings = [], level = null } = described;
  const claims = signer?.kind === "certificate" ? signer.claims : {};
  return {
    proof,
    faults,
    authenticated,
    predicateType: statement?.predicateType ?? proof.listedAs ?? null,
    signer,
    level,
    source: readSource(signer, provenance),
    sourceRepositoryId: claims.sourceRepositoryId ?? null,
    builder: provenance?.builderId ?? null,
    workflow: workflowOf(signer),
    warnings,
  };
}

/** The workflow that the project itself wrote: the caller's, where a reusable one signed for it. */
function workflowOf(signer: SignerIdentity | undefined): string | null {
  if (signer?.kind !== "certificate") return null;
  const uri = signer.claims.buildConfigUri ?? signer.subject;
  return parseWorkflowIdentity(uri)?.path ?? uri;
}
