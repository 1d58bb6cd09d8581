import {
  toEnvelope,
  type Plan,
  type PlannedStatement,
  type PlannedSubject,
  type Receipt,
  type ReceiptStatement,
} from "@colophon/core";
import { findChanged } from "./compare.ts";
import { depositAll } from "./deposit.ts";
import type { SealPorts } from "./ports.ts";
import { toAttestation } from "./proof.ts";
import { toReceipt } from "./receipt.ts";
import { signStatement } from "./sign.ts";

/**
 * Compares the plan with what is there, signs, has it witnessed, deposits it, and reads all of it back; done again, it
 * finishes what is missing. What services refuse or do not answer is told in the receipt. Rejects where the output
 * folder cannot be written.
 */
export async function seal(plan: Plan, ports: SealPorts): Promise<Receipt> {
  const changed = findChanged(plan, await ports.observe(plan.subjects));
  const subjects = new Map(plan.subjects.map((subject) => [subject.name, subject]));
  const statements: ReceiptStatement[] = [];
  for (const statement of plan.statements) {
    statements.push(
      changed === undefined
        ? await sealStatement(statement, subjects, ports)
        : { ...notSealed(statement), status: "refused", signed: "not", reason: changed },
    );
  }
  return toReceipt(plan, statements, ports);
}

async function sealStatement(
  statement: PlannedStatement,
  subjects: ReadonlyMap<string, PlannedSubject>,
  ports: SealPorts,
): Promise<ReceiptStatement> {
  const { folder } = ports;
  const { files } = statement;
  const result = await signStatement(statement, ports);
  if ("status" in result) return { ...notSealed(statement), ...result };
  const attestation = toAttestation(result.bundle);
  await folder.write(files.bundle, result.bundle);
  await folder.write(files.envelope, `${JSON.stringify(toEnvelope(result.envelope))}\n`);
  await folder.remove(files.draft);
  const deposits = await depositAll(attestation, statement, subjects, ports);
  const failed = (["refused", "unreachable"] as const).find((status) => deposits.some((one) => one.status === status));
  const reason = deposits.find(({ status }) => status === failed)?.reason;
  return {
    ...notSealed(statement),
    digest: attestation.digest,
    signed: result.signed,
    status: failed ?? "sealed",
    witnesses: result.witnesses,
    deposits,
    ...(reason === undefined ? {} : { reason }),
  };
}

function notSealed({ files, subjects }: PlannedStatement): Omit<ReceiptStatement, "status" | "signed" | "reason"> {
  return { bundle: files.bundle, digest: null, subjects: subjects.length, witnesses: [], deposits: [] };
}
