import { compareDigests } from "../digest.ts";
import { CoreError } from "../error.ts";
import type { Fault } from "../expectation.ts";
import type { SignerIdentity } from "../ports.ts";
import type { Statement } from "../statement.ts";
import { holdsLevel, readVerificationSummary, type VerificationSummary } from "../vsa.ts";
import type { JudgeContext } from "./context.ts";

/**
 * Holds a verification summary against what is expected (slsa.dev/spec/v1.2/verification_summary, "How to verify"):
 * signer, subject, verifier, resource, result, levels. Its signer is not on the builder table: the user names it.
 */
export function checkSummary(statement: Statement, signer: SignerIdentity, context: JudgeContext): Fault[] {
  let summary: VerificationSummary | null;
  try {
    summary = readVerificationSummary(statement);
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    return [{ check: "predicate-type", kind: "lesser", code: "predicate-malformed", message: cause.message }];
  }
  if (summary === null) return [];
  return [...checkSubject(statement, context), ...checkVerifier(signer, context), ...checkContent(summary, context)];
}

/** Beside the strong digests, ids of other kinds identify the subject of a summary; they are compared as text. */
function checkSubject({ subject }: Statement, { object }: JudgeContext): Fault[] {
  const same = subject.some(({ digest }) => {
    const match = compareDigests(digest, object.digest);
    if (match !== "nothing-in-common") return match === "match";
    return Object.entries(object.digest).some(([algorithm, value]) => digest[algorithm] === value);
  });
  const expected = Object.entries(object.digest).map((pair) => pair.join(":"))[0] ?? "";
  const message = "the summary is about something else";
  return same ? [] : [{ check: "subject", kind: "contradicts", code: "subject-not-found", message, expected }];
}

function checkVerifier(signer: SignerIdentity, { expectation }: JudgeContext): Fault[] {
  const byKey = signer.kind === "key" && signer.scope === "configured";
  const byName = expectation.identity !== undefined && expectation.issuer !== undefined;
  if (byKey || byName) return [];
  return [
    {
      check: "identity",
      kind: "lesser",
      code: "signer-unlisted",
      message: "nothing says that this signer speaks for the verifier",
      actual: signer.kind === "key" ? `key ${signer.keyId}` : signer.subject,
      hint: "Name the verifier's key with --key, or its identity with --certificate-identity and its issuer.",
    },
  ];
}

function checkContent(summary: VerificationSummary, { expectation }: JudgeContext): Fault[] {
  const faults: Fault[] = [];
  const { verifierId, resourceUri, verifiedLevels = [] } = expectation;
  const differs = (check: "verifier" | "resource", expected: string, actual: string): Fault => ({
    check,
    kind: "contradicts",
    code: `${check}-differs`,
    message: `the summary names another ${check}`,
    expected,
    actual: actual.slice(0, 500),
  });
  if (verifierId !== undefined && verifierId !== summary.verifierId) {
    faults.push(differs("verifier", verifierId, summary.verifierId));
  }
  if (resourceUri !== undefined && resourceUri !== summary.resourceUri) {
    faults.push(differs("resource", resourceUri, summary.resourceUri));
  }
  if (!summary.passed) {
    const message = "the verifier's own verification failed";
    faults.push({ check: "level", kind: "contradicts", code: "verification-failed", message });
  }
  for (const wanted of verifiedLevels) {
    if (holdsLevel(summary.verifiedLevels, wanted)) continue;
    faults.push({
      check: "level",
      kind: "lesser",
      code: "level-too-low",
      message: "the summary does not verify the level",
      expected: wanted,
      actual: summary.verifiedLevels.slice(0, 10).join(", ").slice(0, 500) || "(none)",
    });
  }
  return faults;
}
