import { join } from "node:path";
import type { Receipt, VerifyResult } from "@colophon/core";
import { beforeAll, expect, test } from "vitest";
import { runClient, runPeer, toAnswer } from "../src/clients/client.ts";
import { askOfImage, attestWithColophon, toSignerOptions } from "../src/clients/colophon.ts";
import { makeCosignKey, verifyImageWithCosign } from "../src/clients/cosign.ts";
import { commandOf } from "../src/peers.ts";
import { jobOf, makeGround, RELEASE, SIGNER, sigstore } from "./ground.ts";
import { ASKED, copyLayout, makeLayout, startBeside } from "./images.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

const { folder } = await makeGround();
const image = await makeLayout(folder);
const [key, otherKey] = await Promise.all(["one", "two"].map((name) => makeCosignKey(sigstore, join(folder, name))));
const hosts = startBeside(ASKED);

const arm = image.platforms["linux/arm64"]!;
const SUBJECTS = [
  { what: "the index", digest: image.digest },
  { what: "a platform", digest: arm },
];

const SIGNERS = {
  key: {
    args: ["--key", key!.privateKey],
    env: { COLOPHON_KEY_PASSWORD: "loopback" },
    signer: { kind: "key", publicKey: key!.publicKey, logged: false },
    other: { kind: "key", publicKey: otherKey!.publicKey, logged: false },
  },
  certificate: {
    args: ["--identity-token-issuer", sigstore.issuer, "--signing-config", sigstore.signingConfig],
    env: await jobOf(RELEASE),
    signer: SIGNER,
    other: { ...SIGNER, identity: `${SIGNER.identity}.1` },
  },
} as const;
type By = keyof typeof SIGNERS;
const BY = Object.keys(SIGNERS) as By[];

const ROWS = ASKED.flatMap((registry) =>
  BY.map((by) => ({ ...registry, by, repositoryOf: (): string => `${hosts.get(registry.name)}/acme/${by}` })),
);
type Row = (typeof ROWS)[number];

const attestImage = async ({ name, by, repositoryOf }: Row): Promise<Receipt> => {
  await copyLayout(`${image.folder}:${image.tag}`, `${repositoryOf()}:${image.tag}`);
  const what = [`oci://${repositoryOf()}:${image.tag}@${image.digest}`, "--deposit", "oci"];
  const { args, env } = SIGNERS[by];
  return await attestWithColophon(sigstore, folder, [...what, ...args, "--output-dir", `${name}-${by}`], env);
};

beforeAll(async () => {
  const there = ROWS.filter((row) => !row.isMissing);
  const receipts = await Promise.all(there.map(attestImage));
  // The index and what each of two platforms gets.
  const proven = { status: "sealed", objects: Array(3).fill(expect.objectContaining({ proven: true })) };
  for (const [index, { name }] of there.entries()) expect(receipts[index], name).toMatchObject(proven);
});

for (const isMissing of [false, true]) {
  const check = test.skipIf(isMissing).concurrent;
  const rows = ROWS.filter((row) => row.isMissing === isMissing);
  // Neither cosign nor oras takes 405 for want of the referrers API.
  const others = rows.filter(({ ways }) => ways.referrers !== 405);
  const cells = others.flatMap((row) => SUBJECTS.map((subject) => ({ ...row, ...subject })));

  check.for(cells)("cosign verifies $what on $name, by $by $skipped", async (row, { expect: it }) => {
    const { by, digest } = row;
    it(await verifyImageWithCosign(sigstore, `${row.repositoryOf()}@${digest}`, SIGNERS[by].signer)).toEqual({
      says: "yes",
    });
  });

  check.for(others)("cosign refuses it for another signer on $name, by $by $skipped", async (row, { expect: it }) => {
    const named = `${row.repositoryOf()}@${image.digest}`;
    it(await verifyImageWithCosign(sigstore, named, SIGNERS[row.by].other)).toMatchObject({ says: "no" });
  });

  check.for(cells)("oras lists it of $what on $name, by $by $skipped", async (row, { expect: it }) => {
    const named = `${row.repositoryOf()}@${row.digest}`;
    const found = await runPeer(sigstore, "oras", ["discover", "--plain-http", "--format", "json", named]);
    const annotations = {
      "dev.sigstore.bundle.content": "dsse-envelope",
      "dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1",
    };
    it(JSON.parse(found)).toMatchObject({ referrers: [{ artifactType: BUNDLE, annotations }] });
  });

  check.for(cells.filter(({ by }) => by === "certificate"))(
    "gh verifies $what on $name, by $by $skipped",
    async (row, { expect: it }) => {
      const trust = ["--custom-trusted-root", sigstore.trustedRootLines, "--cert-oidc-issuer", sigstore.issuer];
      const who = ["-R", RELEASE.repository, "--cert-identity", SIGNER.identity];
      const command = [commandOf("gh"), "attestation", "verify", `oci://${row.repositoryOf()}@${row.digest}`];
      const env = { GH_TOKEN: "unchecked" };
      it(toAnswer(await runClient(sigstore, [...command, "--bundle-from-oci", ...trust, ...who], env))).toEqual({
        says: "yes",
      });
    },
  );

  check.for(rows)("we find both on $name, by $by $skipped", async (row, { expect: it }) => {
    const options = [...toSignerOptions(SIGNERS[row.by].signer), "--trusted-root", sigstore.trustedRoot, "--json"];
    for (const [platform, digest] of [
      [[], image.digest],
      [["--platform", "linux/arm64"], arm!],
    ] as const) {
      const named = `${row.repositoryOf()}:${image.tag}`;
      const { stdout } = await askOfImage(sigstore, "verify", named, ...platform, ...options);
      const { object, status } = JSON.parse(stdout) as VerifyResult;
      it({ object, status }).toEqual({ object: it.stringContaining(digest) as string, status: "verified" });
    }
  });
}
