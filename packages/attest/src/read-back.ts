import {
  compareDigests,
  subjectLabel,
  type PlannedSubject,
  type Proof,
  type ReceiptDeposit,
  type Verifier,
} from "@colophon/core";

type Outcome = Pick<ReceiptDeposit, "status" | "reason">;

/** Whether what was read back proves all these subjects, to the same code that verifies anybody's attestation. */
export async function holdAgainst(
  proof: Proof,
  names: readonly string[],
  subjects: ReadonlyMap<string, PlannedSubject>,
  verifier: Verifier,
): Promise<Outcome> {
  const answer = await verifier.authenticate(proof);
  if (!answer.ok) {
    const { kind, code, message, hint } = answer;
    const reason = { code, message: `${proof.location}: ${message}`, ...(hint === undefined ? {} : { hint }) };
    return { status: kind === "unavailable" ? "unreachable" : "refused", reason };
  }
  const said = new Map((answer.statement?.subject ?? []).map((subject) => [subjectLabel(subject), subject.digest]));
  const absent = names.find(
    (name) => compareDigests(said.get(name) ?? {}, subjects.get(name)?.digest ?? {}) !== "match",
  );
  if (absent === undefined) return { status: "proven" };
  const message = `${proof.location} is not about ${JSON.stringify(absent)}`;
  return { status: "refused", reason: { code: "subject-not-found", message } };
}
