import {
  toBundle,
  type Draft,
  type NotDone,
  type PlannedStatement,
  type ReceiptStatement,
  type SignedEnvelope,
  type Testified,
  type Witness,
} from "@colophon/core";
import { findDeposited } from "./deposited.ts";
import { readDraft, readWhole, writeDraft } from "./earlier.ts";
import type { SealPorts } from "./ports.ts";

/** A bundle that is whole, or how far it came. */
export type Signed =
  | {
      readonly bundle: string;
      readonly envelope: Pick<SignedEnvelope, "payloadType" | "payload" | "signature" | "keyId">;
      readonly signed: "now" | "earlier";
      readonly witnesses: ReceiptStatement["witnesses"];
    }
  | (NotDone & { readonly signed: "now" | "earlier" | "not" });

/**
 * The bundle of a statement. What an earlier run signed is taken up: log entries are for ever, so nothing is signed twice
 * while its certificate can still be vouched for. Whatever is gained is written down before the next service is asked.
 */
export async function signStatement(statement: PlannedStatement, ports: SealPorts): Promise<Signed> {
  const whole = await readWhole(statement, ports);
  if (whole !== undefined) return { ...whole, signed: "earlier" };
  for (const name of Object.values(statement.files)) await ports.folder.claim(name);
  const earlier = await readDraft(statement, ports.folder);
  const deposited = earlier === undefined ? await findDeposited(statement, ports) : undefined;
  if (deposited !== undefined) return { ...deposited, signed: "earlier" };
  const unready = await findUnready(statement, ports);
  if (unready !== undefined) return { ...unready, signed: earlier === undefined ? "not" : "earlier" };
  const kept = earlier !== undefined && isUsable(earlier, ports) ? earlier : undefined;
  const signed = kept === undefined ? "now" : "earlier";
  const outcome = await complete(statement, kept, signed, ports);
  // A log without look-ups knows a signature whose answer was lost, and gives no proof of it: only a new one can be proven.
  const isLost = "status" in outcome && outcome.reason.code === LOST;
  return isLost ? await complete(statement, undefined, "now", ports) : outcome;
}

async function findUnready(statement: PlannedStatement, ports: SealPorts): Promise<NotDone | undefined> {
  for (const place of ports.depositoriesOf(statement)) {
    const problem = await place.ready?.();
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const LOST = "log-entry-known";

async function complete(
  statement: PlannedStatement,
  kept: Draft | undefined,
  signed: "now" | "earlier",
  ports: SealPorts,
): Promise<Signed> {
  const draft = kept ?? (await sign(statement, ports));
  if ("status" in draft) return { ...draft, signed: "not" };
  const { envelope } = draft;
  let testimony = draft.testimony.filter((one) => ports.witnesses.some((witness) => isOf(one, witness)));
  for (const witness of missingWitnesses(testimony, ports.witnesses)) {
    const said = await witness.witness(envelope);
    if ("status" in said) return { ...said, signed };
    testimony = [...testimony, { by: witness.name, said }];
    await writeDraft(statement, { envelope, testimony }, ports.folder);
  }
  const bundle = toBundle(
    envelope,
    testimony.map(({ said }) => said),
  );
  const witnesses = testimony.map(({ by, said: { kind } }) => ({ kind, name: by }));
  return { bundle: `${JSON.stringify(bundle)}\n`, envelope, signed, witnesses };
}

async function sign(statement: PlannedStatement, { signer, folder }: SealPorts): Promise<Draft | NotDone> {
  const envelope = await signer.sign(Buffer.from(statement.payload));
  if ("status" in envelope) return envelope;
  const draft: Draft = { envelope, testimony: [] };
  await writeDraft(statement, draft, folder);
  return draft;
}

/** After its certificate's end only a timestamp got in time still proves a signature, and only to logs without a clock. */
function isUsable({ envelope, testimony }: Draft, { signer: wanted, witnesses, now }: SealPorts): boolean {
  const { signer } = envelope;
  if (signer.kind === "key")
    return wanted.publicKey !== undefined && Buffer.from(signer.publicKey).equals(wanted.publicKey);
  if (wanted.publicKey !== undefined) return false;
  if (Date.parse(signer.expiresAt) > now().getTime()) return true;
  const isStamped = testimony.some(({ said }) => said.kind === "timestamp");
  return isStamped && missingWitnesses(testimony, witnesses).every(({ isClockless }) => isClockless === true);
}

/** Timestamps first: they prove the time even where the log can be asked only much later. */
function missingWitnesses(testimony: readonly Testified[], witnesses: readonly Witness[]): readonly Witness[] {
  const missing = witnesses.filter((witness) => !testimony.some((one) => isOf(one, witness)));
  return missing.toSorted((left, right) => Number(left.kind === "log") - Number(right.kind === "log"));
}

function isOf({ by, said }: Testified, { kind, name }: Witness): boolean {
  return said.kind === kind && by === name;
}
