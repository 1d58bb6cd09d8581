import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExpectedSigner, Question } from "../src/clients/client.ts";
import { VERIFIER_NAMES, type VerifierName } from "../src/verifiers.ts";
import { CHANGES, changeBundle } from "./changes.ts";

/** A question that nobody may say yes to. */
export interface Control {
  readonly row: string;
  readonly question: Question;
  /** Which check of colophon names it. */
  readonly check: string;
  /** Who has a part in it: can be asked, looks at that, and says yes to what was not altered. */
  readonly asked: readonly VerifierName[];
}

/** What controls are made of. */
export interface Sound {
  readonly folder: string;
  /** About a bundle by a certificate, logged and with a timestamp. */
  readonly keyless: Question & { readonly signer: Extract<ExpectedSigner, { readonly kind: "certificate" }> };
  /** Version of the log. */
  readonly log: 1 | 2;
}

const OTHER_FILE = "other.bin";
const changed = ({ keyless: { bundle } }: Sound, row: string): string => `${bundle}.${row}.json`;
const allBut = (...names: readonly VerifierName[]): VerifierName[] =>
  VERIFIER_NAMES.filter((name) => !names.includes(name));

/** Log entries of version 1 tell the time too, so that a bundle does without its timestamp. */
const changesOf = ({ log }: Sound): [string, (typeof CHANGES)[string]][] =>
  Object.entries(CHANGES).filter(([row]) => log === 2 || row !== "timestamp removed");

/** Controls of a certificate; their files are to be written once the bundle is there. */
export function makeControls(sound: Sound): readonly Control[] {
  const { folder, keyless, log } = sound;
  const { signer } = keyless;
  // It accepts no bundle of a log of version 2, altered or not.
  const strangers = log === 2 ? (["sigstore-js-4"] as const) : [];
  const asked = allBut(...strangers);
  const signedBy = (change: Partial<typeof signer>): Question => ({ ...keyless, signer: { ...signer, ...change } });
  return [
    ...changesOf(sound).map(([row, { check }]) => ({
      row,
      question: { ...keyless, bundle: changed(sound, row) },
      check,
      asked,
    })),
    {
      row: "other file",
      question: { ...keyless, file: join(folder, OTHER_FILE) },
      check: "subject",
      asked: allBut("sigstore-js-4", "sigstore-js-5"),
    },
    {
      row: "other identity",
      question: signedBy({ identity: signer.identity.replace("v1.0.0", "v1.0.1") }),
      check: "identity",
      asked,
    },
    { row: "other issuer", question: signedBy({ issuer: "http://127.0.0.1:1" }), check: "issuer", asked },
  ];
}

/** The control of a signature by a key; `otherKey` is the public half of another one, PEM file. */
export function makeKeyControl(byKey: Question, otherKey: string): Control {
  const signer = { kind: "key", publicKey: otherKey, logged: false } as const;
  return {
    row: "other key",
    question: { ...byKey, signer },
    check: "signature",
    asked: allBut("gh", "sigstore-python"),
  };
}

export async function writeControls(sound: Sound): Promise<void> {
  const text = await readFile(sound.keyless.bundle, "utf8");
  for (const [row] of changesOf(sound)) await writeFile(changed(sound, row), changeBundle(text, row));
  await writeFile(join(sound.folder, OTHER_FILE), "another file\n");
}

/** Each control with each verifier that is asked. */
export function toCells(controls: readonly Control[]): readonly (Control & { readonly verifier: VerifierName })[] {
  return controls.flatMap((control) => control.asked.map((verifier) => ({ ...control, verifier })));
}
