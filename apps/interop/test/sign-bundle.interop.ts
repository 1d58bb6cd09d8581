import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { runClient, type Question } from "../src/clients/client.ts";
import { CONFORMANCE } from "../src/clients/colophon.ts";
import { VERIFIER_NAMES } from "../src/verifiers.ts";
import { ask, makeGround, releaseToken, SIGNER, sigstore, SLSA_V1 } from "./ground.ts";

const { signingConfig, signingConfigV1, trustedRoot } = sigstore;
const { file, folder, statement } = await makeGround();

interface Row {
  readonly row: string;
  readonly config: string;
  /** Signed in place of the file itself. */
  readonly statement?: true;
}

const ROWS: readonly Row[] = [
  { row: "a file", config: signingConfig },
  { row: "a statement", config: signingConfig, statement: true },
  ...(signingConfigV1 === undefined ? [] : [{ row: "a file, Rekor v1", config: signingConfigV1 }]),
];
const questions = ROWS.map(({ statement: isStatement }, index): Question => ({
  bundle: join(folder, `${index}.json`),
  file,
  signer: SIGNER,
  ...(isStatement === undefined ? {} : { predicateType: SLSA_V1 }),
}));

beforeAll(async () => {
  const made = ROWS.map(async ({ config, statement: isStatement }, index) => {
    const flags = isStatement === undefined ? [] : ["--in-toto"];
    const given = ["--identity-token", releaseToken(), "--bundle", questions[index]!.bundle];
    const services = ["--trusted-root", trustedRoot, "--signing-config", config];
    const what = isStatement === undefined ? file : statement;
    return await runClient(sigstore, [...CONFORMANCE, "sign-bundle", ...flags, ...given, ...services, what]);
  });
  for (const finished of await Promise.all(made)) expect(finished).toMatchObject({ code: 0, stderr: "" });
});

const cells = ROWS.flatMap((row, index) => VERIFIER_NAMES.map((verifier) => ({ ...row, verifier, index })));

test.concurrent.for(cells)("conformance sign-bundle, $row, by $verifier", async (cell, { expect: it }) => {
  const { row, verifier, index, statement: isStatement } = cell;
  const answer = await ask({ part: "sound", row: `conformance sign-bundle, ${row}` }, verifier, questions[index]!);
  // gh verifies statements alone, and the older sigstore-js takes no statement that is logged by Rekor v2.
  const says = isStatement === undefined && verifier === "gh" ? "cannot" : "yes";
  it(answer.says).toBe(isStatement && verifier === "sigstore-js-4" ? "no" : says);
});
