import type { Attestation, Proof, StoreName } from "./ports.ts";
import type { Plan } from "./plan.ts";
import type { Reason } from "./release-object.ts";
import type { NotDone } from "./signing-ports.ts";

/** Something that has to be put right before anything is signed. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** Checks what can fail before any trace is left. */
export interface Checkable {
  check(plan: Plan): Promise<readonly NotDone[]>;
}

export type Deposit = { readonly status: "deposited"; readonly location: string } | NotDone;

/** A place where attestations are put and looked for. */
export interface Depository extends Checkable {
  readonly name: StoreName;
  /** Put again, an attestation that is there stays as it is. `fileName`: of the bundle in the output folder. */
  deposit(attestation: Attestation, fileName: string): Promise<Deposit>;
  /** What keeps it from taking attestations; asked right before something is signed, since the question may leave a trace. */
  ready?(): Promise<NotDone | undefined>;
  /** Where it is, for people, as long as nothing was put there. */
  readonly location?: string;
  /** What is there already of what a deposit would be about; absent where only the output folder could tell. */
  earlier?(): Promise<readonly Proof[]>;
  /** What is found there now where the attestation was put. */
  readBack(attestation: Attestation, fileName: string): Promise<Proof | { readonly reason: Reason }>;
}
