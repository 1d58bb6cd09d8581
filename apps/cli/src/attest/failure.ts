import { receiptOfFailure } from "@colophon/attest";
import { openOutputFolder, type Emission } from "@colophon/config/emission";
import type { PlannedSubject, Reason } from "@colophon/core";
import { renderJson } from "@colophon/report";
import type { Invocation } from "../command.ts";

/** Failures that say that a service could not be asked now: running again later may do. */
const UNREACHABLE = new Set(["token-endpoint-unavailable"]);
/** Failures after which nothing can be written, or must not be. */
const UNWRITABLE = new Set(["OUTPUT_BUSY", "OUTPUT_FOREIGN", "OUTPUT_FULL", "OUTPUT_UNWRITABLE"]);

/** An error that says what is wrong, as a reason; undefined for a fault of this program. */
export function reasonOf(error: unknown): Reason | undefined {
  if (!(error instanceof Error) || !("code" in error && "hint" in error)) return undefined;
  const hint = typeof error.hint === "string" ? { hint: error.hint } : {};
  return { code: String(error.code), message: error.message, ...hint };
}

export function isUnreachable({ code }: Reason): boolean {
  return UNREACHABLE.has(code);
}

/** Leaves a receipt that says that nothing is sealed: one of an earlier run must not stand there instead. */
export async function leaveReceipt(
  reason: Reason,
  subjects: readonly PlannedSubject[],
  outputFolder: string,
  { now, version, options, stdout }: Invocation,
  emission: Emission | undefined,
): Promise<void> {
  const requests = (): ReturnType<Emission["requests"]> => emission?.requests() ?? {};
  const status = isUnreachable(reason) ? "incomplete" : "refused";
  const receipt = receiptOfFailure(reason, status, subjects, { now, requests, toolVersion: version });
  if (options.has("json")) stdout(renderJson(receipt));
  if (options.has("dry-run") || UNWRITABLE.has(reason.code)) return;
  const folder = await openOutputFolder(outputFolder).catch(() => undefined);
  // The error itself is told in any case; where this cannot be written either, there is nothing more to say.
  await folder?.write("receipt.json", renderJson(receipt)).catch(() => undefined);
  await folder?.close();
}
