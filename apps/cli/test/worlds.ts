import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CoverageResult } from "@colophon/core";
import {
  makeProject,
  startNpmRegistry,
  startSigstore,
  writeTrustedRoot,
  type EmbeddedNpmRegistry,
  type EmbeddedSigstore,
  type GitHubIdentity,
  type NpmRegistryOptions,
  type PublishedProject,
} from "@colophon/testkit";
import { onTestFinished } from "vitest";
import { colophon, type Finished } from "./colophon.ts";

export interface Worlds {
  readonly sigstore: EmbeddedSigstore;
  readonly registry: EmbeddedNpmRegistry;
  /** Holds a configuration that trusts both. */
  readonly folder: string;
  readonly coverage: (...args: string[]) => Promise<Finished>;
}

/** An embedded Sigstore and npm registry, gone when the test is over, and a project folder that trusts both. */
export async function openWorlds(options: NpmRegistryOptions = {}, config: object = {}): Promise<Worlds> {
  const { close, ...worlds } = await startWorlds(options, config);
  onTestFinished(close);
  return worlds;
}

/** The same for several tests, the last of which closes it. */
export async function startWorlds(
  options: NpmRegistryOptions = {},
  config: object = {},
): Promise<Worlds & { readonly close: () => Promise<void> }> {
  const sigstore = await startSigstore();
  const registry = await startNpmRegistry({ key: sigstore.registryKey, ...options });
  const folder = await mkdtemp(join(tmpdir(), "colophon-cli-"));
  const close = async (): Promise<void> => {
    await registry.close();
    await sigstore.close();
    await rm(folder, { recursive: true, force: true });
  };
  await writeTrustedRoot(join(folder, "trusted-root.json"), sigstore.trustedRoot);
  await writeFile(join(folder, "keys.json"), JSON.stringify(sigstore.registryKeys));
  const trust = {
    trustedRoot: "trusted-root.json",
    registryKeys: [{ registry: registry.url, file: "keys.json" }],
  };
  await writeFile(join(folder, "colophon.config.json"), JSON.stringify({ trust, ...config }));
  const coverage = async (...args: string[]): Promise<Finished> =>
    await colophon(["coverage", ...args, "--registry", registry.url], { cwd: folder });
  return { sigstore, registry, folder, coverage, close };
}

export async function openProject(config: object = {}): Promise<Worlds & { project: PublishedProject }> {
  const worlds = await openWorlds({}, config);
  return { ...worlds, project: await makeProject(worlds.sigstore, worlds.registry) };
}

export function resultOf({ stdout, stderr }: Finished): CoverageResult {
  if (stdout === "") throw new Error(`nothing on stdout; stderr: ${stderr}`);
  return JSON.parse(stdout) as CoverageResult;
}

/** A release build of a repository, as GitHub Actions would identify it. */
export function releaseOf(repository: string, change: Partial<GitHubIdentity> = {}): GitHubIdentity {
  return {
    repository,
    repositoryId: "4711",
    ref: "refs/tags/v1.0.0",
    sha: "1".repeat(40),
    workflow: ".github/workflows/release.yml",
    trigger: "push",
    runner: "github-hosted",
    runId: "1",
    ...change,
  };
}
