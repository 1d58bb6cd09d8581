import type { Attestation, Depository, PlannedStatement, PlannedSubject, ReceiptDeposit } from "@colophon/core";
import type { SealPorts } from "./ports.ts";
import { toProof } from "./proof.ts";
import { holdAgainst } from "./read-back.ts";

type Subjects = ReadonlyMap<string, PlannedSubject>;

/** What is read back of the output folder and of every depository; one that fails keeps no other from being asked. */
export async function depositAll(
  attestation: Attestation,
  statement: PlannedStatement,
  subjects: Subjects,
  ports: SealPorts,
): Promise<readonly ReceiptDeposit[]> {
  const { folder, verifier, depositoriesOf } = ports;
  const { bundle } = statement.files;
  const written = toProof(Buffer.from((await folder.read(bundle)) ?? "").toString("utf8"), bundle);
  const own = { store: "folder", location: `${folder.location}/${bundle}` } as const;
  const deposits: ReceiptDeposit[] = [
    { ...own, ...(await holdAgainst(written, statement.subjects, subjects, verifier)) },
  ];
  for (const one of depositoriesOf(statement)) {
    deposits.push({ store: one.name, ...(await depositIn(one, attestation, statement, subjects, ports)) });
  }
  return deposits;
}

async function depositIn(
  depository: Depository,
  attestation: Attestation,
  statement: PlannedStatement,
  subjects: Subjects,
  { verifier }: SealPorts,
): Promise<Omit<ReceiptDeposit, "store">> {
  const deposit = await depository.deposit(attestation, statement.files.bundle);
  const meant = depository.location ?? statement.files.bundle;
  if (deposit.status !== "deposited") return { location: meant, ...deposit };
  const { location } = deposit;
  const back = await depository.readBack(attestation, statement.files.bundle);
  if ("reason" in back) return { location, status: "unreachable", reason: back.reason };
  return { location, ...(await holdAgainst(back, statement.subjects, subjects, verifier)) };
}
