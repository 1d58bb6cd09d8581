import type { Authentication, Claimed, SignerIdentity, Timestamp, Warning } from "@colophon/core";
import type { SignedEntity } from "@sigstore/verify";
import { provenTimes } from "./diagnose.ts";
import type { StatementReading } from "./payload-statement.ts";
import { refuse } from "./refusal.ts";

/** What stands behind a proof whose every check has passed. */
export interface Authenticated {
  /** Absent for a signature over the artifact itself. */
  readonly statement?: StatementReading;
  readonly signer: SignerIdentity;
  /** Absent for a bare envelope: neither log nor time. */
  readonly entity?: SignedEntity;
  readonly warnings: readonly Warning[];
}

export function succeed({ statement, signer, entity, warnings }: Authenticated): Authentication {
  const times: Timestamp[] =
    entity === undefined ? [] : provenTimes(entity).map(({ from, date }) => ({ from, time: date.toISOString() }));
  const found = { ok: true as const, signer, times, log: logOf(entity), ...(warnings.length > 0 && { warnings }) };
  if (statement === undefined) return found;
  if (!("fault" in statement)) return { ...found, statement };
  const claimed: Claimed = { signer };
  return refuse("statement", "unprovable", "statement-malformed", statement.fault, { claimed });
}

function logOf(entity: SignedEntity | undefined): "proof" | "promise" | "none" {
  const entries = entity?.tlogEntries ?? [];
  if (entries.some((entry) => entry.inclusionProof !== undefined)) return "proof";
  return entries.length > 0 ? "promise" : "none";
}
