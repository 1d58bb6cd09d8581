import type { Plan } from "@colophon/core";
import { AttestError } from "./error.ts";
import type { SealPorts } from "./ports.ts";

export interface Admission extends Pick<SealPorts, "depositoriesOf"> {
  /** Host of a public log that is going to be written to. */
  readonly publicLog?: string;
  readonly allowPublicLog: boolean;
}

/**
 * Refuses a plan that must not be sealed, or cannot be, before any trace is left. Throws PUBLIC_LOG, NOT_READY or
 * NOT_REACHED.
 */
export async function admit(plan: Plan, { publicLog, allowPublicLog, depositoriesOf }: Admission): Promise<void> {
  if (publicLog !== undefined && plan.visibility !== undefined && !allowPublicLog) {
    const message = `the source repository is ${plan.visibility}, and ${publicLog} is a public log`;
    throw new AttestError("PUBLIC_LOG", message, {
      hint: "Allow it with --allow-public-log, or sign with a key or with services of your own.",
    });
  }
  const places = new Set(plan.statements.flatMap((statement) => depositoriesOf(statement)));
  const problems = (await Promise.all([...places].map((one) => one.check(plan)))).flat();
  if (problems.length === 0) return;
  const lines = problems.map(({ reason: { code, message, hint } }) =>
    hint === undefined ? `${message} (${code})` : `${message} (${code}). ${hint}`,
  );
  const isRefused = problems.some(({ status }) => status === "refused");
  throw new AttestError(isRefused ? "NOT_READY" : "NOT_REACHED", lines.join("; "), {
    hint: isRefused ? "Nothing was signed yet. Put this right and run again." : "Nothing was signed yet. Run it again.",
  });
}
