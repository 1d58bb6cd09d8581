import type { Fault } from "../expectation.ts";
import type { SignerIdentity, Timestamp } from "../ports.ts";
import type { Provenance } from "../provenance/form.ts";
import type { Warning } from "../release-object.ts";
import { isUnderVersionedTag } from "../semver-tag.ts";
import { sameRepository } from "../source-repository.ts";
import { describeMatch, matchesText } from "../text-match.ts";
import type { JudgeContext } from "./context.ts";
import type { Source } from "./verdict.ts";

/** The certificate's word ranks above the predicate's, which the tenant may have written. */
export function readSource(signer: SignerIdentity | undefined, provenance: Provenance | null): Source {
  const claims = signer?.kind === "certificate" ? signer.claims : {};
  const repository = claims.sourceRepositoryUri ?? provenance?.source.repository;
  const ref = claims.sourceRepositoryRef ?? provenance?.source.ref;
  const commit = claims.sourceRepositoryDigest ?? provenance?.source.commit;
  return {
    ...(repository === undefined ? {} : { repository }),
    ...(ref === undefined ? {} : { ref }),
    ...(commit === undefined ? {} : { commit }),
  };
}

/** A source with the branch that a pushed tag was on. */
export interface PushedSource extends Source {
  readonly branch?: string;
}

/** What the source must be: repository, ref and commit, in that order. A branch may be that of the pushed tag. */
export function checkSource(
  source: PushedSource,
  repositoryId: string | undefined,
  times: readonly Timestamp[],
  context: JudgeContext,
): Fault[] {
  return [
    ...checkRepository(source.repository, times, context),
    ...checkHeld(source.repository, repositoryId, context),
    ...checkRef(source, context),
    ...checkCommit(source.commit, context),
  ];
}

function checkRepository(
  actual: string | undefined,
  times: readonly Timestamp[],
  { expectation }: JudgeContext,
): Fault[] {
  const expected = expectation.sourceRepository;
  if (expected === undefined) return [];
  if (actual !== undefined && sameRepository(actual, expected, expectation.compareRepository)) return [];
  const inTime = expectation.formerly.some(
    ({ sourceRepository, until }) =>
      sourceRepository === actual && times.length > 0 && times.every(({ time }) => time.slice(0, 10) <= until),
  );
  if (inTime) return [];
  const hint =
    expectation.basis === "held"
      ? "The package declares another repository than the one that built it. Correct `repository` in package.json for " +
        "coming versions; if the repository moved, declare the old name under expect.formerly with the day of the move."
      : "If the repository moved, declare the old name under expect.formerly with the day of the move.";
  return [differs("source-repository", "built from another repository", expected, actual, hint)];
}

/**
 * The source of the first verified version is held, whatever later versions declare or leave out: by repository id
 * where both certificates of one host tell it, else by name. A name that the configuration declares to be an earlier
 * one is no change.
 */
function checkHeld(
  repository: string | undefined,
  id: string | undefined,
  { expectation, facts }: JudgeContext,
): Fault[] {
  const first = facts.firstVerified;
  if (expectation.basis === "configured" || expectation.basis === "pinned" || first === undefined) return [];
  if (expectation.formerly.some(({ sourceRepository }) => sourceRepository === first.repository)) return [];
  const oneHost = URL.parse(first.repository)?.host === URL.parse(repository ?? "")?.host;
  const same =
    oneHost && first.repositoryId !== null && id !== undefined
      ? first.repositoryId === id
      : repository !== undefined && sameRepository(repository, first.repository, "derived");
  if (same) return [];
  const describe = (uri: string | undefined, known: string | null | undefined): string =>
    `${uri ?? "none"}${known === null || known === undefined ? "" : ` (id ${known})`}`;
  return [
    {
      check: "source-repository",
      kind: "contradicts",
      code: "source-repository-changed",
      message: `the first verified version, ${first.version}, came from another repository`,
      expected: describe(first.repository, first.repositoryId),
      actual: describe(repository, id),
      hint: "If the project moved on purpose, set expect.sourceRepository in the configuration.",
    },
  ];
}

function checkRef({ ref: actual, branch }: PushedSource, { expectation }: JudgeContext): Fault[] {
  const { sourceRef, sourceVersionedTag } = expectation;
  const faults: Fault[] = [];
  if (sourceRef !== undefined && ![actual, branch].some((ref) => ref !== undefined && matchesText(sourceRef, ref))) {
    faults.push(differs("source-ref", "built from another ref", describeMatch(sourceRef), actual));
  }
  if (sourceVersionedTag !== undefined && (actual === undefined || !isUnderVersionedTag(actual, sourceVersionedTag))) {
    faults.push(differs("source-ref", "built from a ref that is not under the tag", sourceVersionedTag, actual));
  }
  return faults;
}

function checkCommit(actual: string | undefined, { expectation }: JudgeContext): Fault[] {
  const expected = expectation.sourceDigest?.toLowerCase();
  if (expected === undefined || expected === actual?.toLowerCase()) return [];
  return [differs("source-digest", "built from another commit", expected, actual)];
}

function differs(check: Fault["check"], message: string, expected: string, actual?: string, hint?: string): Fault {
  return {
    check,
    kind: "contradicts",
    code: `${check}-differs`,
    message,
    expected,
    actual: actual ?? "(not told)",
    ...(hint === undefined ? {} : { hint }),
  };
}

/**
 * A predicate that names another repository than its signer's certificate contradicts itself; where it names another
 * ref, commit or run, that is told.
 */
export function checkConsistency(
  signer: SignerIdentity | undefined,
  provenance: Provenance | null,
): { faults: Fault[]; warnings: Warning[] } {
  if (signer?.kind !== "certificate" || provenance === null) return { faults: [], warnings: [] };
  const { claims } = signer;
  const { repository, ref, commit } = provenance.source;
  const certified = claims.sourceRepositoryUri;
  if (certified !== undefined && repository !== undefined && !sameRepository(repository, certified, "derived")) {
    const contradiction: Fault = {
      check: "source-repository",
      kind: "contradicts",
      code: "predicate-contradicts-certificate",
      message: "the provenance names another repository than the certificate that signed it",
      expected: certified,
      actual: repository,
    };
    return { faults: [contradiction], warnings: [] };
  }
  const run = provenance.invocationId?.startsWith("https://") === true ? provenance.invocationId : undefined;
  const pairs: [string, string | undefined, string | undefined][] = [
    ["commit", commit, claims.sourceRepositoryDigest],
    ["ref", ref, claims.sourceRepositoryRef],
    ["run", run, claims.runInvocationUri],
  ];
  const warnings = pairs
    .filter(([, told, proven]) => told !== undefined && proven !== undefined && told !== proven)
    .map(([what, told, proven]) => ({
      code: `predicate-${what}-differs`,
      message: `the provenance names ${what} ${told?.slice(0, 200)}, the certificate ${proven}; the certificate's counts`,
    }));
  return { faults: [], warnings };
}
