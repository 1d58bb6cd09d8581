import { join } from "node:path";
import { buildNpmProvenance, startNpmRegistry, startSigstore, type PackageVersion } from "@colophon/testkit";
import { attestCommand, attestCommandCosignKey, signRoundtrips } from "./attest-rows.ts";
import { verifyCommandCosign } from "./cosign-rows.ts";
import { hash } from "./hash-row.ts";
import { median, peakMemory, timeProcess } from "./measure.ts";
import { ociAttach } from "./oci-attach-row.ts";
import { ociRequests, ociRequestsApi } from "./oci-rows.ts";
import { publishOverhead } from "./publish-row.ts";
import { round, type Benchmark } from "./row.ts";
import { verifyCommand, verifyCpu, verifyThroughput } from "./verify-rows.ts";

const COLOPHON = join(import.meta.dirname, "../../cli/bin/colophon.js");
const EMPTY = ["-e", "0"];
const RUNS = 15;

const cliStart: Benchmark = {
  name: "cli-start",
  run: async () => {
    const value = await median(RUNS, async () => (await timeProcess([COLOPHON, "--version"])).seconds);
    const baseline = await median(RUNS, async () => (await timeProcess(EMPTY)).seconds);
    const ratio = value / baseline;
    return {
      name: "cli-start",
      value: round(value),
      unit: "s",
      baseline: "node -e 0",
      ratio: round(ratio),
      goal: "ratio <= 2",
      met: ratio <= 2,
    };
  },
};

/** A packument as heavy as those of the most published packages: about 2 kB a version. */
function heavyVersion(index: number): PackageVersion {
  const dependencies = Object.fromEntries(
    Array.from({ length: 40 }, (_, number) => [`dependency-${number}-of-many`, `^${number}.0.0`]),
  );
  return {
    version: `1.0.${index}`,
    integrity: `sha512-${Buffer.alloc(64, index % 251).toString("base64")}`,
    manifest: { repository: "github:acme/heavy", description: "x".repeat(400), dependencies },
    publishedAt: new Date(Date.UTC(2020, 0, 1) + index * 3_600_000).toISOString(),
  };
}

const scanMemory: Benchmark = {
  name: "scan-memory",
  run: async () => {
    const sigstore = await startSigstore();
    const versions = Array.from({ length: 5000 }, (_, index) => heavyVersion(index));
    const registry = await startNpmRegistry({
      key: sigstore.registryKey,
      packages: [{ name: "heavy", versions, distTags: { latest: "1.0.4999" } }],
    });
    try {
      const scan = await peakMemory([
        COLOPHON,
        "coverage",
        "npm:heavy",
        "--json",
        "--registry",
        registry.url,
        "--no-cache",
      ]);
      if (scan.code !== 0) throw new Error(`the scan ended with ${scan.code}`);
      const empty = await peakMemory(EMPTY);
      return {
        name: "scan-memory",
        value: round(scan.megabytes),
        unit: "MB",
        baseline: "node -e 0",
        ratio: round(scan.megabytes / empty.megabytes),
        goal: "value <= 120",
        met: scan.megabytes <= 120,
      };
    } finally {
      await registry.close();
      await sigstore.close();
    }
  },
};

const ATTESTED = 50;

const scanRequests: Benchmark = {
  name: "scan-requests",
  run: async () => {
    const sigstore = await startSigstore();
    const registry = await startNpmRegistry({ key: sigstore.registryKey });
    try {
      const versions: PackageVersion[] = [];
      for (let index = 0; index < ATTESTED; index += 1) versions.push(await attestedVersion(sigstore, `1.0.${index}`));
      registry.add({ name: "attested", versions, distTags: { latest: "1.0.49" } });
      await timeProcess([COLOPHON, "coverage", "npm:attested", "--registry", registry.url, "--no-cache", "--offline"]);
      await timeProcess([COLOPHON, "coverage", "npm:attested", "--registry", registry.url, "--no-cache"]);
      const value = registry.requests.length;
      const least = ATTESTED + 1;
      return {
        name: "scan-requests",
        value,
        unit: "requests",
        baseline: "one packument and one answer a version",
        ratio: round(value / least),
        goal: "value = 51",
        met: value === least,
      };
    } finally {
      await registry.close();
      await sigstore.close();
    }
  },
};

async function attestedVersion(
  sigstore: Awaited<ReturnType<typeof startSigstore>>,
  version: string,
): Promise<PackageVersion> {
  const sha512 = "ab".repeat(64);
  const run = {
    repository: "acme/attested",
    ref: "refs/heads/main",
    sha: "1".repeat(40),
    workflow: ".github/workflows/release.yml",
    trigger: "push",
    runner: "github-hosted" as const,
    runId: "1",
  };
  const bundle = await sigstore.attest({
    statement: buildNpmProvenance({ name: "attested", version, sha512 }, run),
    identity: run,
  });
  return {
    version,
    integrity: `sha512-${Buffer.from(sha512, "hex").toString("base64")}`,
    manifest: { repository: "github:acme/attested" },
    attestations: [{ predicateType: "https://slsa.dev/provenance/v1", bundle }],
  };
}

export const BENCHMARKS: readonly Benchmark[] = [
  cliStart,
  scanMemory,
  scanRequests,
  ociRequests,
  ociRequestsApi,
  verifyCpu,
  verifyThroughput,
  verifyCommand,
  verifyCommandCosign,
  signRoundtrips,
  attestCommand,
  attestCommandCosignKey,
  ociAttach,
  publishOverhead,
  hash,
];
