import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Receipt, VerifyResult } from "@colophon/core";
import { beforeAll, expect, test } from "vitest";
import type { ExpectedSigner, Question } from "../src/clients/client.ts";
import { attestWithColophon, colophonVerify } from "../src/clients/colophon.ts";
import { makeCosignKey } from "../src/clients/cosign.ts";
import { VERIFIER_NAMES, type VerifierName } from "../src/verifiers.ts";
import { makeControls, makeKeyControl, toCells, writeControls, type Sound } from "./controls.ts";
import { ask, jobOf, makeGround, RELEASE, releaseToken, SIGNER, sigstore, SLSA_V1 } from "./ground.ts";

const { issuer, fulcio, rekor, rekorV1, signingConfig, signingConfigV1 } = sigstore;
const { folder, file } = await makeGround();
const inside = (name: string): string => join(folder, name);
const [key, otherKey] = await Promise.all(["one", "two"].map((name) => makeCosignKey(sigstore, inside(name))));
const byKey = (logged: boolean): ExpectedSigner => ({ kind: "key", publicKey: key!.publicKey, logged });

const timestamp = ["--timestamp-url", `${sigstore.timestamp}/api/v1/timestamp`];
const SINGLE = ["--fulcio-url", fulcio, "--rekor-url", rekor, "--rekor-version", "2", ...timestamp];
const accept = ["--identity-token-issuer", issuer];
const withToken = [...accept, "--identity-token-file", "token"];

const JOB = await jobOf(RELEASE);
/** A job that is handed its token as a file, and may ask for none. */
const FILE_JOB = { ...JOB, ACTIONS_ID_TOKEN_REQUEST_URL: "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" };
const KEY_PASSWORD = { COLOPHON_KEY_PASSWORD: "loopback" };

interface Row {
  readonly row: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly signer: ExpectedSigner;
  /** What is attested, and which of it is asked about; by default the one file. */
  readonly files?: { readonly pattern: string; readonly last: string };
  readonly algorithm?: "sha512";
  /** Who does not accept it; a pattern shows why. */
  readonly except?: Partial<Record<VerifierName, RegExp | "cannot">>;
}

// As for every other signer: it compares the digest of the log entry with that of the payload.
const OLD_LIBRARY = { "sigstore-js-4": /TLOG_BODY_ERROR/ };
const NO_KEYS = { gh: "cannot", "sigstore-python": "cannot" } as const;
const BY_DIGEST = { "sigstore-python": "cannot", "sigstore-js-4": "cannot", "sigstore-js-5": "cannot" } as const;
const MANY = { pattern: "many/*", last: "many/file-0999" };

const WITH_REKOR_V1: readonly Row[] =
  signingConfigV1 === undefined || "missing" in rekorV1
    ? []
    : [
        {
          row: "keyless, Rekor v1",
          args: [...accept, "--fulcio-url", fulcio, "--rekor-url", rekorV1.address, ...timestamp],
          env: JOB,
          signer: SIGNER,
        },
        {
          row: "keyless, Rekor v1, no timestamp",
          args: [...accept, "--fulcio-url", fulcio, "--rekor-url", rekorV1.address],
          env: JOB,
          signer: SIGNER,
        },
        {
          row: "keyless, Rekor v1, 1,000 subjects",
          args: [...withToken, "--signing-config", signingConfigV1],
          env: FILE_JOB,
          signer: SIGNER,
          files: MANY,
        },
        {
          row: "key, Rekor v1",
          args: ["--key", key!.privateKey, "--signing-config", signingConfigV1],
          env: KEY_PASSWORD,
          signer: byKey(true),
          except: NO_KEYS,
        },
      ];

const ROWS: readonly Row[] = [
  { row: "keyless", args: [...accept, ...SINGLE], env: JOB, signer: SIGNER, except: OLD_LIBRARY },
  {
    row: "keyless, signing config",
    args: [...withToken, "--signing-config", signingConfig],
    env: FILE_JOB,
    signer: SIGNER,
    except: OLD_LIBRARY,
  },
  {
    row: "keyless, 1,000 subjects",
    args: [...accept, "--signing-config", signingConfig],
    env: JOB,
    signer: SIGNER,
    files: MANY,
    except: OLD_LIBRARY,
  },
  {
    row: "keyless, sha512 asked for",
    args: [...withToken, ...SINGLE],
    env: FILE_JOB,
    signer: SIGNER,
    algorithm: "sha512",
    except: BY_DIGEST,
  },
  {
    row: "key, no services",
    args: ["--key", key!.privateKey],
    env: KEY_PASSWORD,
    signer: byKey(false),
    except: NO_KEYS,
  },
  {
    row: "key, logged",
    args: ["--key", key!.privateKey, "--signing-config", signingConfig],
    env: KEY_PASSWORD,
    signer: byKey(true),
    except: { ...NO_KEYS, ...OLD_LIBRARY },
  },
  ...WITH_REKOR_V1,
];

const bundleOf = (index: number): string => inside(`${index}.sigstore.json`);
const questions = ROWS.map(({ signer, files, algorithm }, index): Question => ({
  bundle: bundleOf(index),
  file: files === undefined ? file : inside(files.last),
  signer,
  predicateType: SLSA_V1,
  ...(algorithm === undefined ? {} : { algorithm }),
}));
const questionOf = (row: string): Question => questions[ROWS.findIndex((one) => one.row === row)]!;
const soundOf = (row: string, log: Sound["log"]): Sound => ({
  folder,
  keyless: { ...questionOf(row), signer: SIGNER },
  log,
});
const SOUND = {
  "": soundOf("keyless", 2),
  ...(WITH_REKOR_V1.length === 0 ? {} : { "Rekor v1, ": soundOf("keyless, Rekor v1", 1) }),
};
const CONTROLS = [
  ...Object.entries(SOUND).flatMap(([log, sound]) =>
    makeControls(sound).map((control) => ({ ...control, row: `${log}${control.row}` })),
  ),
  makeKeyControl(questionOf("key, no services"), otherKey!.publicKey),
];
const receipts: Receipt[] = [];

beforeAll(async () => {
  await mkdir(inside("many"));
  const names = Array.from({ length: 1000 }, (_, index) => `many/file-${String(index).padStart(4, "0")}`);
  await Promise.all([
    writeFile(inside("token"), releaseToken()),
    ...names.map((name) => writeFile(inside(name), name)),
  ]);
  // Each answer of the log waits for its next checkpoint, so that all are asked for at once.
  const made = ROWS.map(async ({ args, env, files }, index) => {
    const out = ["--output-dir", `out-${index}`, "--output", bundleOf(index)];
    return await attestWithColophon(sigstore, folder, [files?.pattern ?? "widget.bin", ...args, ...out], env);
  });
  receipts.push(...(await Promise.all(made)));
  for (const sound of Object.values(SOUND)) await writeControls(sound);
});

const cells = ROWS.flatMap(({ row, except = {} }, index) =>
  VERIFIER_NAMES.map((verifier) => {
    const exception = except[verifier];
    const says = exception === undefined ? "yes" : exception === "cannot" ? "cannot" : "no";
    return { row, verifier, says, index, why: exception instanceof RegExp ? exception : /^/ };
  }),
);

test.concurrent.for(cells)(
  "colophon attest, $row, by $verifier: $says",
  async ({ row, verifier, says, index, why }, { expect: it }) => {
    const answer = await ask({ part: "sound", row: `colophon attest, ${row}` }, verifier, questions[index]!);
    it(answer).toMatchObject(says === "yes" ? { says } : { says, why: it.stringMatching(why) });
  },
);

test.each(ROWS.flatMap(({ row, files }, index) => (files === undefined ? [] : [{ row, index }])))(
  "$row are one statement, one certificate and one entry",
  async ({ index }) => {
    const { dsseEnvelope, verificationMaterial } = JSON.parse(await readFile(bundleOf(index), "utf8")) as {
      dsseEnvelope: { payload: string };
      verificationMaterial: { certificate: object; tlogEntries: object[] };
    };
    const { subject } = JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString()) as {
      subject: { name: string }[];
    };
    expect(subject).toHaveLength(1000);
    expect(subject.at(-1)?.name).toBe("file-0999");
    expect(verificationMaterial).toMatchObject({ certificate: expect.anything() as unknown, tlogEntries: [{}] });
    const { run, statements } = receipts[index]!;
    expect(statements).toHaveLength(1);
    const asked = Object.entries(run.requests).filter(([host]) => !issuer.endsWith(host));
    // Certificate, timestamp and entry.
    expect(asked.map(([, { sent }]) => sent)).toEqual([1, 1, 1]);
  },
);

test.concurrent.for(toCells(CONTROLS))(
  "what attest made, with $row: refused by $verifier",
  async ({ row, question, verifier }, { expect: it }) => {
    const part = "altered, or not what was asked for";
    it(await ask({ part, row: `colophon attest, ${row}` }, verifier, question)).toMatchObject({ says: "no" });
  },
);

test.concurrent.for(CONTROLS)("what attest made, with $row: colophon names $check", async (control, context) => {
  const { question, check } = control;
  const { failure } = JSON.parse((await colophonVerify(question, sigstore, "--json")).stdout) as VerifyResult;
  context.expect(failure?.check).toBe(check);
});
