import type { NotDone, Receipt } from "@colophon/core";
import { openOutputFolder } from "@colophon/workspace";

/** Failures that say that a service could not be asked now: running again later may do. */
const UNREACHABLE = new Set([
  "token-endpoint-unavailable",
  "NOT_REACHED",
  "RATE_LIMITED",
  "REGISTRY_UNAVAILABLE",
  "OFFLINE",
  "BUDGET_SPENT",
]);
/** Failures in which a place for attestations or objects said no; else what was asked for is at fault. */
const ANSWERS = new Set([
  "NOT_READY",
  "TAG_MOVED",
  "ACCESS_DENIED",
  "REPOSITORY_UNKNOWN",
  "REGISTRY_REFUSED",
  "ANSWER_UNREADABLE",
  "DIGEST_MISMATCH",
]);
/** Failures after which nothing can be written, or must not be. */
const UNWRITABLE = new Set(["OUTPUT_BUSY", "OUTPUT_FOREIGN", "OUTPUT_FULL", "OUTPUT_UNWRITABLE"]);

export type Failure = NotDone & {
  /** Whether that is what a service answered, as to a user's word that is not at fault by itself. */
  readonly isAnswer: boolean;
};

/** An error that says what is wrong, and whether a later run may do; undefined for a fault of the program. */
export function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !("code" in error && "hint" in error)) return undefined;
  const code = String(error.code);
  const hint = typeof error.hint === "string" ? { hint: error.hint } : {};
  return {
    status: UNREACHABLE.has(code) ? "unreachable" : "refused",
    isAnswer: ANSWERS.has(code),
    reason: { code, message: error.message, ...hint },
  };
}

/** Leaves a receipt that says that nothing is sealed: one of an earlier run must not stand there instead. */
export async function leaveReceipt(receipt: Receipt, outputFolder: string): Promise<void> {
  if (UNWRITABLE.has(receipt.reason?.code ?? "")) return;
  const folder = await openOutputFolder(outputFolder, { isUnpacked: true }).catch(() => undefined);
  // The error itself is told in any case; where this cannot be written either, there is nothing more to say.
  await folder?.write("receipt.json", `${JSON.stringify(receipt, null, 2)}\n`).catch(() => undefined);
  await folder?.close();
}
