import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { CoveredObject } from "@colophon/core";
import { startNpmRegistry } from "@colophon/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { colophon, emptyFolder } from "./colophon.ts";
import { dataFile, hasData, skipped } from "./data.ts";
import { resultOf } from "./worlds.ts";

const PACKAGES = [
  {
    artifact: "supreme-googles-cli-v02-tag",
    id: "pkg:npm/%40trishankatdatadog/supreme-goggles@1.0.5",
    good: {
      status: "verified",
      level: 2,
      builder: "https://github.com/actions/runner",
      workflow: ".github/workflows/npm-publish.yml",
      source: {
        repository: "https://github.com/trishankatdatadog/supreme-goggles",
        ref: "refs/tags/v1.0.5",
        commit: "38ebf99444e033b2f1550c9aaaeacd62d02a12ba",
      },
    },
  },
  {
    artifact: "provenance-npm-test-cli-v1-prega",
    id: "pkg:npm/sigstore@2.3.1",
    good: {
      status: "verified",
      level: 2,
      builder: "https://github.com/actions/runner/github-hosted",
      workflow: ".github/workflows/release.yml",
      source: {
        repository: "https://github.com/sigstore/sigstore-js",
        ref: "refs/heads/main",
        commit: "46e7056ff9912ebfee5298d94024895a9fea76c0",
      },
    },
  },
  {
    artifact: "provenance-npm-test-ossf",
    id: "pkg:npm/%40laurentsimon/provenance-npm-test@1.0.5",
    good: {
      status: "verified",
      level: 3,
      builder:
        "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/builder_nodejs_slsa3.yml@refs/tags/v1.6.0",
      workflow: ".github/workflows/release-slsa3.yml",
      source: {
        repository: "https://github.com/laurentsimon/provenance-npm-test",
        ref: "refs/heads/main",
        commit: "34490b44db557f009617bcb92b8780f972c189ab",
      },
    },
  },
] as const;

/** The registry that made a real package's publish attestation, as that says itself. */
async function registryOf(artifact: string): Promise<string> {
  const answer = JSON.parse(await readFile(dataFile("slsa-verifier/npm", `${artifact}.tgz.json`), "utf8")) as {
    attestations: { predicateType: string; bundle: { dsseEnvelope: { payload: string } } }[];
  };
  const publish = answer.attestations.find(({ predicateType }) => predicateType.includes("/publish/"));
  const payload = Buffer.from(publish?.bundle.dsseEnvelope.payload ?? "", "base64").toString("utf8");
  return (JSON.parse(payload) as { predicate: { registry: string } }).predicate.registry;
}

/** The public-good trusted root that is bundled: given as a file, so that nothing asks for a newer one. */
async function writeBundledRoot(folder: string): Promise<string> {
  const path = createRequire(import.meta.url).resolve("@sigstore/tuf/seeds.json");
  const seeds = JSON.parse(await readFile(path, "utf8")) as Record<string, { targets: Record<string, string> }>;
  const root = Object.values(seeds)[0]?.targets["trusted_root.json"] ?? "";
  const file = join(folder, "trusted-root.json");
  await writeFile(file, Buffer.from(root, "base64"));
  return file;
}

async function coverReplayed(artifact: string, variant: string, serves: string): Promise<CoveredObject[]> {
  const registry = await startNpmRegistry({
    replay: { folder: dataFile("slsa-verifier/npm"), artifacts: [`${artifact}${variant}.tgz`] },
  });
  onTestFinished(() => registry.close());
  const folder = await emptyFolder();
  const name = PACKAGES.find((one) => one.artifact === artifact)?.id.replace(/@[^@]+$/, "") ?? "";
  await writeFile(
    join(folder, "colophon.config.json"),
    JSON.stringify({ registries: [{ url: registry.url, serves }] }),
  );
  const root = await writeBundledRoot(folder);
  const args = ["coverage", name, "--registry", registry.url, "--trusted-root", root, "--json"];
  return [...resultOf(await colophon(args, { cwd: folder })).objects];
}

describe.skipIf(!hasData)(`coverage of real packages, replayed${skipped}`, () => {
  describe.each(PACKAGES)("$id", ({ artifact, id, good }) => {
    test("as published is verified, with its source, workflow, builder and level", async () => {
      const objects = await coverReplayed(artifact, "", await registryOf(artifact));
      expect(objects).toMatchObject([{ id, ...good, expectation: "held" }]);
    });

    test("with the provenance's signature broken is a mismatch", async () => {
      const objects = await coverReplayed(artifact, "-invalidsigprov", await registryOf(artifact));
      expect(objects).toMatchObject([{ id, status: "mismatch", level: null, reason: { check: "signature" } }]);
    });

    test("with the publish attestation's signature broken is a mismatch", async () => {
      const objects = await coverReplayed(artifact, "-invalidsigpub", await registryOf(artifact));
      expect(objects).toMatchObject([{ id, status: "mismatch", reason: { check: "publish-attestation" } }]);
    });
  });
});
