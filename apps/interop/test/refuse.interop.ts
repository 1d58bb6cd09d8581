import { join } from "node:path";
import type { VerifyResult } from "@colophon/core";
import { beforeAll, test } from "vitest";
import { colophonVerify } from "../src/clients/colophon.ts";
import { makeCosignKey, signWithCosign } from "../src/clients/cosign.ts";
import { VERIFIER_NAMES } from "../src/verifiers.ts";
import { makeControls, makeKeyControl, toCells, writeControls, type Sound } from "./controls.ts";
import { ask, makeGround, releaseToken, SIGNER, sigstore, SLSA_V1 } from "./ground.ts";

const { signingConfig, noServices } = sigstore;
const ground = await makeGround();
const file = (name: string): string => join(ground.folder, name);
const [key, otherKey] = await Promise.all([makeCosignKey(sigstore, file("one")), makeCosignKey(sigstore, file("two"))]);
const keyless = { bundle: file("keyless.json"), file: ground.file, signer: SIGNER, predicateType: SLSA_V1 };
const sound: Sound = { folder: ground.folder, keyless, log: 2 };
const CONTROLS = [...makeControls(sound), makeKeyControl({ ...keyless, bundle: file("key.json") }, otherKey.publicKey)];

beforeAll(async () => {
  const attest = ["attest-blob", "--statement", ground.statement];
  await Promise.all([
    signWithCosign(sigstore, attest, { token: releaseToken(), signingConfig }, keyless.bundle, ground.file),
    signWithCosign(sigstore, attest, { key, signingConfig: noServices }, file("key.json"), ground.file),
  ]);
  await writeControls(sound);
});

test.concurrent.for(toCells(CONTROLS))(
  "$row: refused by $verifier",
  async ({ row, question, verifier }, { expect: it }) => {
    const answer = await ask({ part: "altered, or not what was asked for", row }, verifier, question);
    it(answer).toMatchObject({ says: "no" });
  },
);

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
