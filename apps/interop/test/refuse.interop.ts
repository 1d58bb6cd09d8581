import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { VerifyResult } from "@colophon/core";
import { beforeAll, test } from "vitest";
import type { Question } from "../src/clients/client.ts";
import { colophonVerify } from "../src/clients/colophon.ts";
import { makeCosignKey, signWithCosign } from "../src/clients/cosign.ts";
import { VERIFIER_NAMES, type VerifierName } from "../src/verifiers.ts";
import { ask, makeGround, releaseToken, SIGNER, sigstore, SLSA_V1 } from "./ground.ts";

const { signingConfig, noServices } = sigstore;
const ground = await makeGround();
const file = (name: string): string => join(ground.folder, name);
const [key, otherKey] = await Promise.all([makeCosignKey(sigstore, file("one")), makeCosignKey(sigstore, file("two"))]);
const keyless: Question = { bundle: file("keyless.json"), file: ground.file, signer: SIGNER, predicateType: SLSA_V1 };

/** What is changed of a bundle as cosign writes it. */
interface Bundle {
  readonly dsseEnvelope: { payload: string; readonly signatures: { sig: string }[] };
  readonly verificationMaterial: {
    timestampVerificationData?: object;
    tlogEntries: { inclusionProof: { hashes: string[]; checkpoint: { envelope: string } } }[];
  };
}

/** Flips a bit in the middle of bytes in base64. */
function flip(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  bytes[bytes.length >> 1]! ^= 1;
  return bytes.toString("base64");
}

const proofOf = (bundle: Bundle): Bundle["verificationMaterial"]["tlogEntries"][number]["inclusionProof"] =>
  bundle.verificationMaterial.tlogEntries[0]!.inclusionProof;

const CHANGES: Readonly<Record<string, { change: (bundle: Bundle) => void; check: string }>> = {
  "signature changed": {
    change: ({ dsseEnvelope: { signatures } }) => (signatures[0]!.sig = flip(signatures[0]!.sig)),
    check: "signature",
  },
  "timestamp removed": {
    change: ({ verificationMaterial }) => delete verificationMaterial.timestampVerificationData,
    check: "timestamp",
  },
  "hash of the inclusion proof changed": {
    change: (bundle) => (proofOf(bundle).hashes[0] = flip(proofOf(bundle).hashes[0]!)),
    check: "log",
  },
  "signature of the checkpoint changed": {
    change: (bundle) => {
      const { checkpoint } = proofOf(bundle);
      checkpoint.envelope = checkpoint.envelope.replace(/\S+(?=\n$)/, flip);
    },
    check: "log",
  },
  "log entry removed": {
    change: ({ verificationMaterial }) => (verificationMaterial.tlogEntries = []),
    check: "log",
  },
};

interface Control {
  readonly row: string;
  readonly question: Question;
  readonly check: string;
  /** Who has no part in it: cannot be asked, or does not look. */
  readonly without: readonly VerifierName[];
}

// It accepts no bundle of such a log, changed or not.
const BUT_OLD_LIBRARY = ["sigstore-js-4"] as const;

const CONTROLS: readonly Control[] = [
  ...Object.entries(CHANGES).map(([row, { check }]) => ({
    row,
    question: { ...keyless, bundle: file(`${row}.json`) },
    check,
    without: BUT_OLD_LIBRARY,
  })),
  {
    row: "other file",
    question: { ...keyless, file: file("other.bin") },
    check: "subject",
    without: [...BUT_OLD_LIBRARY, "sigstore-js-5"],
  },
  {
    row: "other identity",
    question: { ...keyless, signer: { ...SIGNER, identity: SIGNER.identity.replace("v1.0.0", "v1.0.1") } },
    check: "identity",
    without: BUT_OLD_LIBRARY,
  },
  {
    row: "other issuer",
    question: { ...keyless, signer: { ...SIGNER, issuer: "http://127.0.0.1:1" } },
    check: "issuer",
    without: BUT_OLD_LIBRARY,
  },
  {
    row: "other key",
    question: {
      ...keyless,
      bundle: file("key.json"),
      signer: { kind: "key", publicKey: otherKey.publicKey, logged: false },
    },
    check: "signature",
    without: ["gh", "sigstore-python"],
  },
];

beforeAll(async () => {
  const attest = ["attest-blob", "--statement", ground.statement];
  await Promise.all([
    signWithCosign(sigstore, attest, { token: releaseToken(), signingConfig }, keyless.bundle, ground.file),
    signWithCosign(sigstore, attest, { key, signingConfig: noServices }, file("key.json"), ground.file),
    writeFile(file("other.bin"), "another file\n"),
  ]);
  const text = await readFile(keyless.bundle, "utf8");
  for (const [row, { change }] of Object.entries(CHANGES)) {
    const bundle = JSON.parse(text) as Bundle;
    change(bundle);
    await writeFile(file(`${row}.json`), JSON.stringify(bundle));
  }
});

const asked = CONTROLS.flatMap(({ without, ...control }) =>
  VERIFIER_NAMES.filter((name) => !without.includes(name)).map((verifier) => ({ ...control, verifier })),
);

test.concurrent.for(asked)("$row: refused by $verifier", async ({ row, question, verifier }, { expect: it }) => {
  it(await ask({ part: "altered, or not what was asked for", row }, verifier, question)).toMatchObject({ says: "no" });
});

test.concurrent.for(CONTROLS)("$row: colophon names $check", async ({ question, check }, { expect: it }) => {
  const { code, stdout } = await colophonVerify(question, sigstore, "--json");
  const { failure } = JSON.parse(stdout) as VerifyResult;
  it({ code, check: failure?.check }).toEqual({ code: 1, check });
});

test.concurrent.for(VERIFIER_NAMES.filter((name) => name !== "sigstore-js-4"))(
  "what was changed is accepted as it was by %s",
  async (verifier, { expect: it }) => {
    it(await ask({ part: "sound", row: "cosign attest-blob, keyless" }, verifier, keyless)).toEqual({ says: "yes" });
  },
);
