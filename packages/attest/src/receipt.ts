import type { Plan, PlannedSubject, Reason, Receipt, ReceiptStatement } from "@colophon/core";
import type { SealPorts } from "./ports.ts";

/** N objects are proven, or the receipt says which are not. What something has to change for outweighs what a rerun completes. */
export function toReceipt(
  plan: Plan,
  statements: readonly ReceiptStatement[],
  { now, requests }: Pick<SealPorts, "now" | "requests">,
): Receipt {
  const made = new Map(
    plan.statements.flatMap(({ subjects }, index) => subjects.map((name) => [name, statements[index]] as const)),
  );
  const has = (status: ReceiptStatement["status"]): boolean => statements.some((one) => one.status === status);
  return {
    schemaVersion: "1",
    tool: plan.tool,
    status: has("refused") ? "refused" : has("unreachable") ? "incomplete" : "sealed",
    predicateType: plan.predicateType,
    ...(plan.level === undefined ? {} : { level: plan.level }),
    objects: plan.subjects.map(({ name, digest }) => {
      const statement = made.get(name);
      return {
        name,
        digest,
        proven: statement?.status === "sealed",
        bundle: statement === undefined || statement.digest === null ? null : statement.bundle,
      };
    }),
    statements,
    warnings: plan.warnings,
    run: { generatedAt: now().toISOString(), requests: requests() },
  };
}

/** The receipt of an emission that failed before anything was signed: an older one must not stand for it. */
export function receiptOfFailure(
  reason: Reason,
  status: "refused" | "incomplete",
  subjects: readonly PlannedSubject[],
  { now, requests, toolVersion }: Pick<SealPorts, "now" | "requests"> & { readonly toolVersion: string },
): Receipt {
  return {
    schemaVersion: "1",
    tool: { name: "colophon", version: toolVersion },
    status,
    predicateType: null,
    objects: subjects.map(({ name, digest }) => ({ name, digest, proven: false, bundle: null })),
    statements: [],
    warnings: [],
    reason,
    run: { generatedAt: now().toISOString(), requests: requests() },
  };
}
