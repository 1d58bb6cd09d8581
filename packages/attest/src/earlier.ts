import {
  arrayAt,
  formatDraft,
  objectAt,
  parseDraft,
  parseStrictJson,
  stringAt,
  type Draft,
  type PlannedStatement,
  type SignedEnvelope,
  type Witness,
} from "@colophon/core";
import type { Folder, SealPorts } from "./ports.ts";
import { toProof } from "./proof.ts";

type Envelope = Pick<SignedEnvelope, "payloadType" | "payload" | "signature" | "keyId">;

export interface Whole {
  readonly bundle: string;
  readonly envelope: Envelope;
  /** Which logs and authorities these are, a bundle does not tell in names. */
  readonly witnesses: readonly { readonly kind: Witness["kind"] }[];
}

/**
 * A bundle that an earlier run finished, unless it is about something else, altered, by another key, or vouched for by
 * less than is asked for now.
 */
export async function readWhole(
  { files, payload }: PlannedStatement,
  { folder, verifier, witnesses: wanted }: Pick<SealPorts, "folder" | "verifier" | "witnesses">,
): Promise<Whole | undefined> {
  const bytes = await folder.read(files.bundle);
  if (bytes === undefined) return undefined;
  const bundle = Buffer.from(bytes).toString("utf8");
  const whole = parseWhole(bundle, wanted);
  if (whole === undefined || !Buffer.from(whole.envelope.payload).equals(Buffer.from(payload))) return undefined;
  const answer = await verifier.authenticate(toProof(bundle, files.bundle));
  const isWrong = !answer.ok && (answer.kind === "broken" || answer.check === "signature");
  return isWrong ? undefined : whole;
}

/** A bundle of one signature that has what is asked for to vouch for it; who made it nobody has checked yet. */
export function parseWhole(bundle: string, wanted: readonly Pick<Witness, "kind">[]): Whole | undefined {
  const value = parseJson(bundle);
  const envelope = envelopeOf(value);
  const witnesses = witnessesOf(value);
  const count = (all: Whole["witnesses"], kind: Witness["kind"]): number =>
    all.filter((one) => one.kind === kind).length;
  if ((["log", "timestamp"] as const).some((kind) => count(witnesses, kind) < count(wanted, kind))) return undefined;
  return envelope && { bundle, envelope, witnesses };
}

function witnessesOf(bundle: unknown): Whole["witnesses"] {
  const material = objectAt(bundle, "verificationMaterial");
  const stamps = arrayAt(objectAt(material, "timestampVerificationData"), "rfc3161Timestamps") ?? [];
  const entries = arrayAt(material, "tlogEntries") ?? [];
  return [...stamps.map(() => ({ kind: "timestamp" as const })), ...entries.map(() => ({ kind: "log" as const }))];
}

function envelopeOf(bundle: unknown): Envelope | undefined {
  const dsse = objectAt(bundle, "dsseEnvelope");
  const [signature] = arrayAt(dsse, "signatures") ?? [];
  const [payload, payloadType] = [stringAt(dsse, "payload"), stringAt(dsse, "payloadType")];
  if (payload === undefined || payloadType === undefined) return undefined;
  return {
    payloadType,
    payload: Buffer.from(payload, "base64"),
    signature: Buffer.from(stringAt(signature, "sig") ?? "", "base64"),
    keyId: stringAt(signature, "keyid") ?? "",
  };
}

/** What an earlier run signed of this very statement; what cannot be read is as if it were not there. */
export async function readDraft({ files, payload }: PlannedStatement, folder: Folder): Promise<Draft | undefined> {
  const bytes = await folder.read(files.draft);
  if (bytes === undefined) return undefined;
  try {
    const draft = parseDraft(Buffer.from(bytes).toString("utf8"));
    return Buffer.from(draft.envelope.payload).equals(Buffer.from(payload)) ? draft : undefined;
  } catch {
    return undefined;
  }
}

export async function writeDraft({ files }: PlannedStatement, draft: Draft, folder: Folder): Promise<void> {
  await folder.write(files.draft, formatDraft(draft));
}

function parseJson(text: string): unknown {
  try {
    return parseStrictJson(text, "the bundle");
  } catch {
    return undefined;
  }
}
