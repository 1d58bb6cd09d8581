import { join } from "node:path";
import { toGitHubClaims } from "@colophon/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import type { ExpectedSigner, Question } from "../src/clients/client.ts";
import { colophonVerify } from "../src/clients/colophon.ts";
import { makeCosignKey, signWithCosign, type CosignSigner } from "../src/clients/cosign.ts";
import { attestWithSigstorePython } from "../src/clients/sigstore-python.ts";
import { toTokenRequestUrl } from "../src/sigstore/issuer.ts";
import { VERIFIER_NAMES, type VerifierName } from "../src/verifiers.ts";
import { ask, makeGround, RELEASE, releaseToken, SIGNER, sigstore, SLSA_V1 } from "./ground.ts";

const { signingConfig, signingConfigV1, noServices } = sigstore;
const ground = await makeGround();
const { file, folder } = ground;
const key = await makeCosignKey(sigstore, join(folder, "cosign"));
const keyless: CosignSigner = { token: releaseToken(), signingConfig };
const byKey = (logged: boolean): ExpectedSigner => ({ kind: "key", publicKey: key.publicKey, logged });

interface Row {
  readonly row: string;
  readonly sign: (bundle: string) => Promise<void>;
  readonly signer: ExpectedSigner;
  /** Whether the bytes are signed and no statement. */
  readonly bytes?: true;
  /** Who does not accept it, and what shows why; "cannot": there is no way to ask. */
  readonly except?: Partial<Record<VerifierName, RegExp | "cannot">>;
}

const cosign =
  (command: readonly string[], signer: CosignSigner): Row["sign"] =>
  async (bundle) =>
    await signWithCosign(sigstore, command, signer, bundle, file);
const attest = ["attest-blob", "--statement", ground.statement];
// It compares the digest of the log entry with that of the payload, and not of what is signed.
const OLD_LIBRARY = { "sigstore-js-4": /TLOG_BODY_ERROR/ };
const NO_KEYS = { gh: "cannot", "sigstore-python": "cannot" } as const;

const WITH_REKOR_V1: readonly Row[] =
  signingConfigV1 === undefined
    ? []
    : [
        {
          row: "cosign attest-blob, keyless, Rekor v1",
          sign: cosign(attest, { token: releaseToken(), signingConfig: signingConfigV1 }),
          signer: SIGNER,
        },
      ];

const ROWS: readonly Row[] = [
  { row: "cosign attest-blob, keyless", sign: cosign(attest, keyless), signer: SIGNER, except: OLD_LIBRARY },
  {
    row: "cosign attest-blob, keyless, Statement v0.1",
    sign: cosign(["attest-blob", "--predicate", ground.predicate, "--type", "slsaprovenance1"], keyless),
    signer: SIGNER,
    except: { ...OLD_LIBRARY, "sigstore-python": /_type/ },
  },
  {
    row: "sigstore-python attest",
    sign: async (bundle) => {
      const url = toTokenRequestUrl(sigstore.issuer, toGitHubClaims(RELEASE));
      await attestWithSigstorePython(sigstore, { ...ground, bundle }, url);
    },
    signer: SIGNER,
    except: OLD_LIBRARY,
  },
  {
    row: "cosign attest-blob, key, logged",
    sign: cosign(attest, { key, signingConfig }),
    signer: byKey(true),
    except: { ...NO_KEYS, ...OLD_LIBRARY },
  },
  {
    row: "cosign attest-blob, key, no services",
    sign: cosign(attest, { key, signingConfig: noServices }),
    signer: byKey(false),
    except: NO_KEYS,
  },
  {
    row: "cosign sign-blob, keyless",
    sign: cosign(["sign-blob"], keyless),
    signer: SIGNER,
    bytes: true,
    except: { gh: "cannot" },
  },
  {
    row: "cosign sign-blob, key, no services",
    sign: cosign(["sign-blob"], { key, signingConfig: noServices }),
    signer: byKey(false),
    bytes: true,
    except: NO_KEYS,
  },
  ...WITH_REKOR_V1,
];

const toQuestion = ({ signer, bytes }: Row, index: number): Question => ({
  bundle: join(folder, `${index}.sigstore.json`),
  file,
  signer,
  ...(bytes ? {} : { predicateType: SLSA_V1 }),
});
const questions = ROWS.map(toQuestion);

// Each answer of the log waits for its next checkpoint, so that all are asked for at once.
beforeAll(async () => {
  await Promise.all(ROWS.map(async ({ sign }, index) => await sign(questions[index]!.bundle)));
});

const cells = ROWS.flatMap(({ row, except = {} }, index) =>
  VERIFIER_NAMES.map((verifier) => {
    const exception = except[verifier];
    const says = exception === undefined ? "yes" : exception === "cannot" ? "cannot" : "no";
    return { row, verifier, says, question: questions[index]!, why: exception instanceof RegExp ? exception : /^/ };
  }),
);

test.concurrent.for(cells)(
  "$row, by $verifier: $says",
  async ({ row, verifier, says, question, why }, { expect: it }) => {
    const answer = await ask({ part: "sound", row }, verifier, question);
    it(answer).toMatchObject(says === "yes" ? { says } : { says, why: it.stringMatching(why) });
  },
);

describe("colophon verify", () => {
  test("gives provenance by a signer who was named level 1", async () => {
    const { code, stdout } = await colophonVerify(questions[0]!, sigstore, "--json");
    expect({ code, result: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 0,
      result: { status: "verified", level: 1, source: { repository: "https://github.com/acme/widget" } },
    });
  });

  test("takes a signature over the file itself for no provenance", async () => {
    const { code, stdout } = await colophonVerify(questions[5]!, sigstore, "--json");
    expect({ code, result: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 1,
      result: { status: "present", failure: { check: "predicate-type" } },
    });
  });
});
