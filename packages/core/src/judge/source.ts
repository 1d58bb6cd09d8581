import type { Finding } from "../expectation.ts";
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

/** What the source must be: repository, ref and commit, in that order. */
export function checkSource(
  source: Source,
  repositoryId: string | undefined,
  times: readonly Timestamp[],
  context: JudgeContext,
): Finding[] {
  return [
    ...checkRepository(source.repository, times, context),
    ...checkHeld(source.repository, repositoryId, context),
    ...checkRef(source.ref, context),
    ...checkCommit(source.commit, context),
  ];
}

function checkRepository(
  actual: string | undefined,
  times: readonly Timestamp[],
  { expectation }: JudgeContext,
): Finding[] {
  const expected = expectation.sourceRepository;
  if (expected === undefined) return [];
  if (actual !== undefined && sameRepository(actual, expected, expectation.compareRepository)) return [];
  const former = expectation.formerly.find((entry) => entry.sourceRepository === actual);
  const inTime =
    former !== undefined && times.length > 0 && times.every(({ time }) => time.slice(0, 10) <= former.until);
  if (inTime) return [];
  const hint =
    expectation.basis === "held"
      ? "The package declares another repository than the one that built it. Correct `repository` in package.json for " +
        "coming versions; if the repository moved, declare the old name under expect.formerly with the day of the move."
      : "If the repository moved, declare the old name under expect.formerly with the day of the move.";
  return [differs("source-repository", "built from another repository", expected, actual, hint)];
}

/** The source of the first verified version is held: by repository id where both certificates tell it, else by name. */
function checkHeld(
  repository: string | undefined,
  id: string | undefined,
  { expectation, facts }: JudgeContext,
): Finding[] {
  const first = facts.firstVerified;
  if (expectation.basis !== "held" || first === undefined) return [];
  const same =
    first.repositoryId !== null && id !== undefined
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

function checkRef(actual: string | undefined, { expectation }: JudgeContext): Finding[] {
  const { sourceRef, sourceVersionedTag } = expectation;
  const findings: Finding[] = [];
  if (sourceRef !== undefined && (actual === undefined || !matchesText(sourceRef, actual))) {
    findings.push(differs("source-ref", "built from another ref", describeMatch(sourceRef), actual));
  }
  if (sourceVersionedTag !== undefined && (actual === undefined || !isUnderVersionedTag(actual, sourceVersionedTag))) {
    findings.push(differs("source-ref", "built from a ref that is not under the tag", sourceVersionedTag, actual));
  }
  return findings;
}

function checkCommit(actual: string | undefined, { expectation }: JudgeContext): Finding[] {
  const expected = expectation.sourceDigest?.toLowerCase();
  if (expected === undefined || expected === actual?.toLowerCase()) return [];
  return [differs("source-digest", "built from another commit", expected, actual)];
}

function differs(check: Finding["check"], message: string, expected: string, actual?: string, hint?: string): Finding {
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

/** A predicate that names another repository than its signer's certificate contradicts itself. */
export function checkConsistency(
  signer: SignerIdentity | undefined,
  provenance: Provenance | null,
): { findings: Finding[]; warnings: Warning[] } {
  if (signer?.kind !== "certificate" || provenance === null) return { findings: [], warnings: [] };
  const { sourceRepositoryUri, sourceRepositoryDigest } = signer.claims;
  const { repository, commit } = provenance.source;
  const findings: Finding[] = [];
  const warnings: Warning[] = [];
  if (
    sourceRepositoryUri !== undefined &&
    repository !== undefined &&
    !sameRepository(repository, sourceRepositoryUri, "derived")
  ) {
    findings.push({
      check: "source-repository",
      kind: "contradicts",
      code: "predicate-contradicts-certificate",
      message: "the provenance names another repository than the certificate that signed it",
      expected: sourceRepositoryUri,
      actual: repository,
    });
  } else if (sourceRepositoryDigest !== undefined && commit !== undefined && commit !== sourceRepositoryDigest) {
    warnings.push({
      code: "predicate-commit-differs",
      message: `the provenance names commit ${commit.slice(0, 64)}, the certificate ${sourceRepositoryDigest}; the certificate's is shown`,
    });
  }
  return { findings, warnings };
}
