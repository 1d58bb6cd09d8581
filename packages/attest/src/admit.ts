import type { Checkable, Plan } from "@colophon/core";
import { AttestError } from "./error.ts";

export interface Admission {
  /** Host of a public log that is going to be written to. */
  readonly publicLog?: string;
  readonly allowPublicLog: boolean;
  /** What can be checked before any trace is left. */
  readonly checks: readonly Checkable[];
}

/** Refuses a plan that must not be sealed, or cannot be, before any trace is left. Throws PUBLIC_LOG or NOT_READY. */
export async function admit(plan: Plan, { publicLog, allowPublicLog, checks }: Admission): Promise<void> {
  if (publicLog !== undefined && plan.visibility !== undefined && !allowPublicLog) {
    const message = `the source repository is ${plan.visibility}, and ${publicLog} is a public log`;
    throw new AttestError("PUBLIC_LOG", message, {
      hint: "Allow it with --allow-public-log, or sign with a key or with services of your own.",
    });
  }
  const problems = (await Promise.all(checks.map((one) => one.check(plan)))).flat();
  if (problems.length === 0) return;
  const lines = problems.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`));
  throw new AttestError("NOT_READY", lines.join("; "), {
    hint: "Nothing was signed yet. Put this right and run again.",
  });
}
