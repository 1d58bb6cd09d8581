import { join } from "node:path";
import type { Receipt, VerifyResult } from "@colophon/core";
import { beforeAll, describe, expect, test } from "vitest";
import type { GitHubRun, Question } from "../src/clients/client.ts";
import { makePackageCheckout, publishWithColophon } from "../src/clients/colophon-npm-publish.ts";
import { attestWithColophon, colophonVerify } from "../src/clients/colophon.ts";
import { signWithCosign } from "../src/clients/cosign.ts";
import { startNpmRegistryBeside, type NpmRegistry } from "../src/npm-registry.ts";
import { GITHUB_ISSUER } from "../src/sigstore/issuer.ts";
import { VERIFIER_NAMES } from "../src/verifiers.ts";
import { ask, jobOf, makeGround, RELEASE, releaseToken, SIGNER, sigstore, SLSA_V1 } from "./ground.ts";

const { gitHubIssuer, signingConfig, signingConfigV1, trustedRoot } = sigstore;
const ground = await makeGround();
const identity = { ...RELEASE, issuer: GITHUB_ISSUER };

/** What was signed, by whom; our own commands tell it in a receipt too. */
interface Made extends Pick<Question, "file" | "bundle"> {
  readonly sha: string;
  readonly receipt?: Receipt;
}

interface Row {
  readonly row: string;
  /** The registry is there for it alone. */
  readonly make: (registry: NpmRegistry) => Promise<Made>;
}

const publish = (row: string, log: string, config: string): Row => ({
  row: `colophon-npm-publish, ${row}`,
  make: async (registry) => {
    const trust = { signingConfig: config, trustedRoot };
    const checkout = await makePackageCheckout(join(ground.folder, log), `@acme/widget-${log}`, trust);
    const job = await jobOf({ ...identity, sha: checkout.sha });
    const { tarball, ...made } = await publishWithColophon(sigstore, registry, checkout, job);
    return { ...made, file: tarball, sha: checkout.sha };
  },
});

const ROWS: readonly Row[] = [
  {
    row: "cosign attest-blob, keyless",
    make: async () => {
      const made = { file: ground.file, bundle: join(ground.folder, "cosign.json"), sha: RELEASE.sha };
      const signer = { token: releaseToken(identity), signingConfig };
      const attest = ["attest-blob", "--statement", ground.statement];
      await signWithCosign(sigstore, attest, signer, made.bundle, made.file);
      return made;
    },
  },
  {
    row: "colophon attest, keyless",
    make: async () => {
      const made = { file: ground.file, bundle: join(ground.folder, "attest.json"), sha: RELEASE.sha };
      const args = ["widget.bin", "--signing-config", signingConfig, "--output", made.bundle];
      return { ...made, receipt: await attestWithColophon(sigstore, ground.folder, args, await jobOf(identity)) };
    },
  },
  publish("keyless", "v2", signingConfig),
  ...(signingConfigV1 === undefined ? [] : [publish("keyless, Rekor v1", "v1", signingConfigV1)]),
];

const skipped = gitHubIssuer === undefined ? " (skipped: no network namespace, so no issuer of that name)" : "";

describe.skipIf(gitHubIssuer === undefined)(`with GitHub's own issuer and no word about it${skipped}`, () => {
  const made: Made[] = [];
  beforeAll(async () => {
    const registry = await startNpmRegistryBeside(sigstore);
    try {
      // Each answer of the log waits for its next checkpoint, so that all are asked for at once.
      made.push(...(await Promise.all(ROWS.map(({ make }) => make(registry)))));
    } finally {
      await registry.close();
    }
  });

  const questionOf = (index: number, change: Partial<GitHubRun> = {}): Question => {
    const { file, bundle, sha } = made[index]!;
    const { repository, ref, trigger } = RELEASE;
    const run: GitHubRun = { kind: "github", identity: SIGNER.identity, repository, ref, sha, trigger };
    return { file, bundle, signer: { ...run, ...change }, predicateType: SLSA_V1 };
  };
  const other = { repository: "acme/gadget" };
  const rows = ROWS.map(({ row }, index) => ({ row: `${row}, GitHub's issuer`, index }));
  const cells = rows.flatMap((row) =>
    VERIFIER_NAMES.map((verifier) => ({
      ...row,
      verifier,
      // sigstore-js knows an identity and an issuer, and no claims.
      says: verifier.startsWith("sigstore-js") ? "cannot" : "yes",
    })),
  );

  test.concurrent.for(cells)("$row, by $verifier: $says", async ({ row, index, verifier, says }, { expect: it }) => {
    it(await ask({ part: "sound", row }, verifier, questionOf(index))).toMatchObject({ says });
  });

  test.concurrent.for(cells.filter(({ row, says }) => row.startsWith("colophon-npm") && says === "yes"))(
    "$row: refused by $verifier for another repository",
    async ({ row, index, verifier }, { expect: it }) => {
      const part = "altered, or not what was asked for";
      const answer = await ask({ part, row: `${row}, other repository` }, verifier, questionOf(index, other));
      it(answer).toMatchObject({ says: "no" });
    },
  );

  const result = async (question: Question): Promise<VerifyResult> =>
    JSON.parse((await colophonVerify(question, sigstore, "--json")).stdout) as VerifyResult;

  test.concurrent.for(rows)("$row: colophon knows the builder, so that it is level 2", async ({ index }, context) => {
    context.expect(await result(questionOf(index))).toMatchObject({ status: "verified", level: 2 });
  });

  test("colophon names that the repository is another", async () => {
    expect((await result(questionOf(0, other))).failure?.check).toBe("source-repository");
  });

  test("our receipts tell the level that verify then gives", () => {
    const receipts = made.map(({ receipt }) => receipt).slice(1);
    expect(receipts).toMatchObject(receipts.map(() => ({ status: "sealed", level: 2 })));
  });

  test("colophon-npm-publish proves what the registry serves", () => {
    const objects = made.map(({ receipt }) => receipt?.objects).slice(2);
    const published = { status: "now", digestFrom: "registry-bytes" };
    expect(objects).toMatchObject(objects.map(() => [{ proven: true, published }]));
  });
});
