import type {
  Depository,
  DigestSet,
  EnvelopeSigner,
  PlannedStatement,
  PlannedSubject,
  RequestCounts,
  Verifier,
  Witness,
} from "@colophon/core";

/** The folder that an emission writes into. */
export interface Folder {
  /** Shown in the receipt. */
  readonly location: string;
  /** Whole or not at all. */
  write(name: string, content: string | Uint8Array): Promise<void>;
  read(name: string): Promise<Uint8Array | undefined>;
  /** Rejects where something else has that name, so that nothing is signed which could not be kept. */
  claim(name: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** What sealing needs of the outside. */
export interface SealPorts {
  readonly folder: Folder;
  readonly signer: EnvelopeSigner;
  /** Each of them must vouch for every signature; timestamp authorities are asked before logs. */
  readonly witnesses: readonly Witness[];
  /** Holds what was read back against the same trust as any other attestation. */
  readonly verifier: Verifier;
  /** Where a statement's attestation is put. */
  readonly depositoriesOf: (statement: PlannedStatement) => readonly Depository[];
  /** The digests that subjects have now, by name, as far as they can be told. */
  readonly observe: (subjects: readonly PlannedSubject[]) => Promise<ReadonlyMap<string, DigestSet>>;
  readonly now: () => Date;
  readonly requests: () => RequestCounts;
}
