import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultCacheDir, openTrust, readConfig, type Trust } from "@colophon/config";
import type { Proof } from "@colophon/core";
import { createTrustSource, createVerifier } from "@colophon/sigstore";
import {
  buildNpmProvenance,
  createPlainVerifier,
  startSigstore,
  writeTrustedRoot,
  type EmbeddedSigstore,
} from "@colophon/testkit";
import { median, timeProcess } from "./measure.ts";
import { RELEASE } from "./release.ts";
import { round, type Benchmark, type Row } from "./row.ts";

const COLOPHON = join(import.meta.dirname, "../../cli/bin/colophon.js");
const BUNDLES = 16;
const ROUNDS = 20;
const SHA512 = "ab".repeat(64);

async function signBundles(sigstore: EmbeddedSigstore, count: number): Promise<object[]> {
  const statement = buildNpmProvenance({ name: "widget", version: "1.0.0", sha512: SHA512 }, RELEASE);
  return await Promise.all(Array.from({ length: count }, () => sigstore.attest({ statement, identity: RELEASE })));
}

function toProof(bundle: object): Proof {
  const bytes = Buffer.from(JSON.stringify(bundle), "utf8");
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return { mediaType: "application/json", bytes, digest, store: "file", location: "bench", filed: "object" };
}

/** Milliseconds of processor time for each bundle, over some rounds after one that does not count. */
async function cpuPerBundle(bundles: readonly object[], verify: (bundle: object) => unknown): Promise<number> {
  for (const bundle of bundles) await verify(bundle);
  const start = process.cpuUsage();
  for (let round_ = 0; round_ < ROUNDS; round_ += 1) for (const bundle of bundles) await verify(bundle);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / (ROUNDS * bundles.length);
}

async function openVerifier(sigstore: EmbeddedSigstore, folder: string): Promise<Trust> {
  const trustedRootFile = join(folder, "root.json");
  await writeTrustedRoot(trustedRootFile, sigstore.trustedRoot);
  const config = await readConfig(folder);
  return openTrust({ config, trustedRootFile, keys: [], offline: true, cacheDir: defaultCacheDir(process.env) });
}

async function inFolder(run: (sigstore: EmbeddedSigstore, folder: string) => Promise<Row>): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-bench-"));
  const sigstore = await startSigstore();
  try {
    return await run(sigstore, folder);
  } finally {
    await sigstore.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export const verifyCpu: Benchmark = {
  name: "verify-cpu",
  run: () =>
    inFolder(async (sigstore, folder) => {
      const bundles = await signBundles(sigstore, BUNDLES);
      const trustedRootFile = join(folder, "root.json");
      await writeTrustedRoot(trustedRootFile, sigstore.trustedRoot);
      // Without the threads that the wiring adds: what one bundle costs is asked here.
      const verifier = createVerifier({ trust: createTrustSource({ trustedRootFile, offline: true }) });
      const plain = createPlainVerifier(sigstore.trustedRoot);
      const proofs = bundles.map(toProof);
      const byBundle = new Map(bundles.map((bundle, index) => [bundle, proofs[index]!]));
      const value = await cpuPerBundle(bundles, async (bundle) => {
        const answer = await verifier.authenticate(byBundle.get(bundle)!);
        if (!answer.ok) throw new Error(answer.message);
      });
      const baseline = await cpuPerBundle(bundles, plain);
      const ratio = value / baseline;
      return {
        name: "verify-cpu",
        value: round(value),
        unit: "ms",
        baseline: "@sigstore/verify",
        ratio: round(ratio),
        goal: "ratio <= 0.3",
        met: ratio <= 0.3,
      };
    }),
};

/** Enough that starting the threads does not count. */
const MANY = 2000;

export const verifyThroughput: Benchmark = {
  name: "verify-throughput",
  run: () =>
    inFolder(async (sigstore, folder) => {
      const bundles = await signBundles(sigstore, BUNDLES);
      const trust = await openVerifier(sigstore, folder);
      const plain = createPlainVerifier(sigstore.trustedRoot);
      const proofs = bundles.map(toProof);
      const value = await perSecond(MANY, async () => {
        const answers = Array.from({ length: MANY }, (_, index) =>
          trust.verifier.authenticate(proofs[index % BUNDLES]!),
        );
        if ((await Promise.all(answers)).some(({ ok }) => !ok)) throw new Error("a bundle was refused");
      });
      await trust.close();
      for (const bundle of bundles) plain(bundle);
      const baseline = await perSecond(BUNDLES * ROUNDS, () => {
        for (let round_ = 0; round_ < ROUNDS; round_ += 1) for (const bundle of bundles) plain(bundle);
      });
      const ratio = value / baseline;
      return {
        name: "verify-throughput",
        value: round(value),
        unit: "bundles/s",
        baseline: "@sigstore/verify",
        ratio: round(ratio),
        goal: "ratio >= 4",
        met: ratio >= 4,
      };
    }),
};

async function perSecond(count: number, run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return (count * 1000) / (performance.now() - start);
}

export const verifyCommand: Benchmark = {
  name: "verify-command",
  run: () =>
    inFolder(async (sigstore, folder) => {
      const [bundle] = await signBundles(sigstore, 1);
      const file = join(folder, "bundle.json");
      await writeFile(file, JSON.stringify(bundle));
      const root = join(folder, "root.json");
      await writeTrustedRoot(root, sigstore.trustedRoot);
      const args = [COLOPHON, "verify", `sha512:${SHA512}`, "--bundle", file, "--trusted-root", root, "--offline"];
      const value = await median(11, async () => {
        const { seconds, code } = await timeProcess(args);
        if (code !== 0) throw new Error(`verify ended with ${code}`);
        return seconds;
      });
      const baseline = await median(11, async () => (await timeProcess(["-e", "0"])).seconds);
      const ratio = value / baseline;
      return {
        name: "verify-command",
        value: round(value),
        unit: "s",
        baseline: "node -e 0",
        ratio: round(ratio),
        goal: "ratio <= 4",
        met: ratio <= 4,
      };
    }),
};
