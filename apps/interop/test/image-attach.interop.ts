import { join } from "node:path";
import type { VerifyResult } from "@colophon/core";
import { beforeAll, test } from "vitest";
import { runClient, runPeer, toAnswer, type ExpectedSigner } from "../src/clients/client.ts";
import { askOfImage, attestWithColophon, toSignerOptions } from "../src/clients/colophon.ts";
import { makeCosignKey, verifyImageWithCosign } from "../src/clients/cosign.ts";
import { commandOf } from "../src/peers.ts";
import { attach } from "./attach.ts";
import { jobOf, makeGround, RELEASE, SIGNER, sigstore } from "./ground.ts";
import { ASKED, copyLayout, makeLayout, startBeside, writeStatement } from "./images.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

const { folder } = await makeGround();
const image = await makeLayout(folder);
const key = await makeCosignKey(sigstore, join(folder, "cosign"));
const hosts = startBeside(ASKED);

const [amd, arm] = ["linux/amd64", "linux/arm64"].map((platform) => image.platforms[platform]!);
const ATTESTED = { "the index": image.digest, "a platform": arm! } as const;

const SIGNERS = {
  key: {
    args: ["--key", key.privateKey],
    env: { COLOPHON_KEY_PASSWORD: "loopback" },
    signer: { kind: "key", publicKey: key.publicKey, logged: false },
  },
  certificate: {
    args: ["--identity-token-issuer", sigstore.issuer, "--signing-config", sigstore.signingConfig],
    env: await jobOf(RELEASE),
    signer: SIGNER,
  },
} as const satisfies Readonly<
  Record<string, { args: readonly string[]; env: Readonly<Record<string, string>>; signer: ExpectedSigner }>
>;
type By = keyof typeof SIGNERS;
const BY = Object.keys(SIGNERS) as By[];

/** The bundle of what a signer says of an image. */
const bundleOf = (by: By, digest: string): string => join(folder, `${by}-${digest.slice(7, 19)}.sigstore.json`);

async function attest(by: By, digest: string): Promise<void> {
  const { args, env } = SIGNERS[by];
  const statement = await writeStatement(folder, digest);
  const output = ["--output-dir", `out-${by}-${digest.slice(7, 19)}`, "--output", bundleOf(by, digest)];
  await attestWithColophon(sigstore, folder, ["--statement", statement, ...args, ...output], env);
}

const ROWS = ASKED.flatMap((registry) =>
  BY.map((by) => ({
    ...registry,
    by,
    repository: `acme/${by}`,
    repositoryOf: (): string => `${hosts.get(registry.name)}/acme/${by}`,
  })),
);
type Row = (typeof ROWS)[number];

beforeAll(async () => {
  const there = ROWS.filter(({ isMissing }) => !isMissing);
  const digests = Object.values(ATTESTED);
  await Promise.all([
    ...there.map((row) => copyLayout(`${image.folder}:${image.tag}`, `${row.repositoryOf()}:${image.tag}`)),
    ...BY.flatMap((by) => digests.map((digest) => attest(by, digest))),
  ]);
  const attachBoth = async ({ name, by, repository }: Row): Promise<void> => {
    for (const subject of digests)
      await attach({ host: hosts.get(name)!, repository, subject, bundle: bundleOf(by, subject) });
  };
  await Promise.all(there.map(attachBoth));
});

for (const isMissing of [false, true]) {
  const check = test.skipIf(isMissing).concurrent;
  const rows = ROWS.filter((row) => row.isMissing === isMissing);
  // Neither cosign nor oras takes 405 for want of the referrers API.
  const others = rows.filter(({ ways }) => ways.referrers !== 405);
  const subjects = Object.entries(ATTESTED).map(([what, digest]) => ({ what, digest }));
  const cells = others.flatMap((row) => subjects.map((subject) => ({ ...row, ...subject })));

  check.for(cells)("cosign verifies $what on $name, by $by $skipped", async (row, { expect: it }) => {
    const { by, digest } = row;
    it(await verifyImageWithCosign(sigstore, `${row.repositoryOf()}@${digest}`, SIGNERS[by].signer)).toEqual({
      says: "yes",
    });
  });

  check.for(others)(
    "cosign finds nothing of another platform on $name, by $by $skipped",
    async (row, { expect: it }) => {
      const answer = await verifyImageWithCosign(sigstore, `${row.repositoryOf()}@${amd}`, SIGNERS[row.by].signer);
      it(answer).toMatchObject({ says: "no" });
    },
  );

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
