import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Verifier } from "@colophon/core";
import { startSigstore, type EmbeddedSigstore, type GitHubIdentity } from "@colophon/testkit";
import { createTrustSource, createVerifier, type ConfiguredKey, type TrustSource } from "../src/index.ts";

/** Host of the registry that the embedded registry key is given for. */
export const REGISTRY = "registry.example";

export const IDENTITY: GitHubIdentity = {
  repository: "acme/widget",
  repositoryId: "1001",
  ownerId: "77",
  ref: "refs/tags/v1.2.3",
  sha: "a".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "5001",
};

export const STATEMENT = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "widget.tgz", digest: { sha256: "b".repeat(64) } }],
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {},
};

export const PUBLISH = {
  ...STATEMENT,
  predicateType: "https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
  predicate: { name: "widget", version: "1.2.3", registry: `https://${REGISTRY}` },
};

/** An embedded Sigstore with its trust root and registry key in files. */
export interface Embedded {
  readonly sigstore: EmbeddedSigstore;
  readonly folder: string;
  readonly trust: TrustSource;
  verifier(keys?: readonly ConfiguredKey[]): Verifier;
  close(): Promise<void>;
}

export async function startEmbedded(): Promise<Embedded> {
  const sigstore = await startSigstore();
  const folder = await mkdtemp(join(tmpdir(), "colophon-sigstore-"));
  const trustedRootFile = join(folder, "trusted_root.json");
  const keysFile = join(folder, "keys.json");
  await writeFile(trustedRootFile, JSON.stringify(sigstore.trustedRoot));
  await writeFile(keysFile, JSON.stringify(sigstore.registryKeys));
  const trust = createTrustSource({ offline: true, trustedRootFile, registryKeyFiles: { [REGISTRY]: keysFile } });
  return {
    sigstore,
    folder,
    trust,
    verifier: (keys = []) => createVerifier({ trust, keys }),
    close: async () => {
      await sigstore.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
