import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CoverageResult, VerifyResult } from "@colophon/core";
import { beforeAll, test } from "vitest";
import type { ExpectedSigner, GitHubRun } from "../src/clients/client.ts";
import { askOfImage, toSignerOptions } from "../src/clients/colophon.ts";
import { attestImageWithCosign, makeCosignKey, verifyImageWithCosign, type CosignForm } from "../src/clients/cosign.ts";
import { makeGround, RELEASE, releaseToken, SIGNER, sigstore } from "./ground.ts";
import { ASKED, copyLayout, makeLayout, startBeside } from "./images.ts";

const { folder, predicate } = await makeGround();
const image = await makeLayout(folder);
const [key, otherKey] = await Promise.all(["one", "two"].map((name) => makeCosignKey(sigstore, join(folder, name))));
const hosts = startBeside(ASKED);

interface Row {
  readonly form: CosignForm;
  readonly by: "key" | "certificate";
}

const FORMS: readonly Row[] = (["bundle", "att"] as const).flatMap((form) => [
  { form, by: "key" },
  { form, by: "certificate" },
]);
const hasRekorV1 = "address" in sigstore.rekorV1;

const ROWS = ASKED.flatMap(({ name, ways, isMissing, skipped }) =>
  // cosign takes 405 for a fault where it asks for referrers, which it does for bundles.
  FORMS.filter(({ form }) => form === "att" || ways.referrers !== 405).map((row) => {
    const needsLog = row.form === "att" && row.by === "certificate" && !hasRekorV1;
    return {
      ...row,
      registry: name,
      skipped: needsLog ? "(skipped: no Rekor v1)" : skipped,
      isSkipped: isMissing || needsLog,
      isFull: row.by === "certificate" || (row.form === "att" && !hasRekorV1),
      imageOf: (): string => `${hosts.get(name)}/acme/${row.form}-${row.by}`,
    };
  }),
);

const signerOf = ({ by }: Row): Exclude<ExpectedSigner, GitHubRun> =>
  by === "key" ? { kind: "key", publicKey: key!.publicKey, logged: false } : SIGNER;
const otherSignerOf = ({ by }: Row): ExpectedSigner =>
  by === "key"
    ? { kind: "key", publicKey: otherKey!.publicKey, logged: false }
    : { ...SIGNER, identity: `${SIGNER.identity}.1` };

const arm = image.platforms["linux/arm64"]!;

beforeAll(async () => {
  const builders = [
    {
      issuer: SIGNER.issuer,
      identity: SIGNER.identity,
      builderId: `https://github.com/actions/runner/${RELEASE.runner}`,
      level: 2,
    },
  ];
  await writeFile(join(folder, "colophon.config.json"), JSON.stringify({ builders }));
  const attest = async (row: (typeof ROWS)[number]): Promise<void> => {
    await copyLayout(`${image.folder}:${image.tag}`, `${row.imageOf()}:${image.tag}`);
    const who = row.by === "key" ? { key: key! } : { token: releaseToken() };
    for (const digest of [image.digest, arm])
      await attestImageWithCosign(sigstore, `${row.imageOf()}@${digest}`, predicate, who, row.form);
  };
  await Promise.all(ROWS.filter(({ isSkipped }) => !isSkipped).map(attest));
});

const trust = ["--trusted-root", sigstore.trustedRoot];

const QUESTIONS = [
  { asked: "the index is verified", digest: image.digest, args: [], answer: { code: 0, status: "verified", level: 1 } },
  {
    asked: "one platform is verified",
    digest: arm,
    args: ["--platform", "linux/arm64"],
    answer: { code: 0, status: "verified", level: 1 },
  },
  {
    asked: "a platform that is not attested is not",
    digest: image.platforms["linux/amd64"]!,
    args: ["--platform", "linux/amd64"],
    answer: { code: 1, status: "missing", level: null },
  },
  {
    asked: "it proves nothing for another signer",
    digest: image.digest,
    args: [],
    isOther: true,
    answer: { code: 1, status: "mismatch", level: null },
  },
] as const;

// Where an attestation is found has to do with its form and the registry, and not with its signer.
const cells = ROWS.flatMap((row) =>
  (row.isFull ? QUESTIONS : QUESTIONS.slice(0, 1)).map((question) => ({ ...row, row, ...question })),
);

for (const isSkipped of [false, true]) {
  const some = <T extends { readonly isSkipped: boolean }>(all: readonly T[]): readonly T[] =>
    all.filter((one) => one.isSkipped === isSkipped);
  const check = test.skipIf(isSkipped).concurrent;

  check.for(some(cells))("$form, by $by, on $registry: $asked $skipped", async (cell, { expect: it }) => {
    const { row, digest, args, answer } = cell;
    const signer = "isOther" in cell ? otherSignerOf(row) : signerOf(row);
    const named = `${row.imageOf()}:${image.tag}`;
    const options = [...args, ...toSignerOptions(signer), ...trust, "--json"];
    const { code, stdout, stderr } = await askOfImage(sigstore, "verify", named, ...options);
    const { object, status, level, evidence } = JSON.parse(stdout || JSON.stringify({ stderr })) as VerifyResult;
    it({ code, status, level, stderr }).toEqual({ ...answer, stderr: "" });
    it(object).toContain(digest);
    it(evidence).toMatchObject(status === "missing" ? [] : [{ store: "oci" }]);
  });

  check.for(some(ROWS.filter(({ isFull }) => isFull)))(
    "$form, by $by, on $registry: coverage counts one image $skipped",
    async (row, { expect: it }) => {
      const config = ["--config", join(folder, "colophon.config.json")];
      const { stdout } = await askOfImage(sigstore, "coverage", row.imageOf(), ...config, ...trust, "--json");
      const { summary, objects } = JSON.parse(stdout) as CoverageResult;
      // No option of coverage names a key.
      const [status, level] = row.by === "key" ? ["present", null] : ["verified", 2];
      it(summary).toMatchObject({ objects: 1, [status]: 1 });
      it(objects).toMatchObject([
        {
          status,
          level,
          digest: { sha256: image.digest.slice(7) },
          members: [
            { platform: "linux/amd64", status: "missing" },
            { platform: "linux/arm64", status, digest: { sha256: arm.slice(7) } },
          ],
        },
      ]);
    },
  );
}

test.for(ASKED.filter(({ name }) => name === "olareg" || name === "crane registry"))(
  "each platform attested, and the index not, proves the index on $name, to us alone",
  async ({ name }, { expect: it }) => {
    const repository = `${hosts.get(name)}/acme/platforms`;
    await copyLayout(`${image.folder}:${image.tag}`, `${repository}:${image.tag}`);
    for (const digest of Object.values(image.platforms))
      await attestImageWithCosign(sigstore, `${repository}@${digest}`, predicate, { key: key! }, "bundle");
    const signer = signerOf({ form: "bundle", by: "key" });
    const options = [...toSignerOptions(signer), ...trust, "--json"];
    const { stdout } = await askOfImage(sigstore, "verify", `${repository}:${image.tag}`, ...options);
    it(JSON.parse(stdout)).toMatchObject({ status: "verified", provenBy: "platforms" });
    it(await verifyImageWithCosign(sigstore, `${repository}@${image.digest}`, signer)).toMatchObject({ says: "no" });
  },
);
