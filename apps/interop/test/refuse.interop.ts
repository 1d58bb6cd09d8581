import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { VerifyResult } from "@colophon/core";
import { beforeAll, test } from "vitest";
import type { Question } from "../src/clients/client.ts";
import { colophonVerify } from "../src/clients/colophon.ts";
import { makeCosignKey, signWithCosign } from "../src/clients/cosign.ts";
import { VERIFIER_NAMES, type VerifierName } from "../src/verifiers.ts";
import { CHANGES, changeBundle } from "./changes.ts";
import { ask, makeGround, releaseToken, SIGNER, sigstore, SLSA_V1 } from "./ground.ts";

const { signingConfig, noServices } = sigstore;
const ground = await makeGround();
const file = (name: string): string => join(ground.folder, name);
const [key, otherKey] = await Promise.all([makeCosignKey(sigstore, file("one")), makeCosignKey(sigstore, file("two"))]);
const keyless: Question = { bundle: file("keyless.json"), file: ground.file, signer: SIGNER, predicateType: SLSA_V1 };

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
  for (const row of Object.keys(CHANGES)) await writeFile(file(`${row}.json`), changeBundle(text, row));
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
