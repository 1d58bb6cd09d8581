import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CoveredObject, VerifyResult } from "@colophon/core";
import { buildSlsaV1, toIntegrity, type EmbeddedSigstore, type GitHubIdentity } from "@colophon/testkit";
import { expect } from "vitest";
import { colophon, type Finished } from "./colophon.ts";
import { releaseOf, resultOf, startWorlds, type Worlds } from "./worlds.ts";

/** The artifact of every case, a file of these bytes. */
export const ARTIFACT = "widget.tar.gz";
const ALPHA = "alpha\n";

export function hash(algorithm: string, content: string | Uint8Array): string {
  return createHash(algorithm).update(content).digest("hex");
}

export const A: string = hash("sha256", ALPHA);
export const B: string = hash("sha256", "beta\n");

export const HOSTED = "https://github.com/actions/runner/github-hosted";
export const COMMIT = "1".repeat(40);
export const RUN: GitHubIdentity = releaseOf("acme/widget", { ref: "refs/tags/v1.4.0" });

/** Versions of the package that coverage is asked about: one for each proof, all with the artifact's bytes. */
const VERSIONS = Array.from({ length: 60 }, (_, index) => `1.0.${index}`);

/** The artifact under the name of each of these versions, for npm has the name count too. */
export const SUBJECT: { name: string; digest: Record<string, string> }[] = VERSIONS.map((version) => ({
  name: `pkg:npm/widget@${version}`,
  digest: { sha256: A },
}));

export function provenanceOf(run: GitHubIdentity = RUN, subject: readonly object[] = SUBJECT): object {
  const buildType = "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1";
  return buildSlsaV1({ subject: subject as typeof SUBJECT, buildType, builderId: HOSTED, run });
}

/** Status, failing check and code in one line, so that a table shows at once where it does not hold. */
export function told({ status, failure, reason = failure }: Partial<VerifyResult & CoveredObject>): string {
  return reason === undefined ? `${status}` : `${status} ${reason.check} ${reason.code}`;
}

export interface Verified {
  readonly code: number | null;
  readonly result: VerifyResult;
}

export interface FieldCases {
  readonly sigstore: EmbeddedSigstore;
  readonly folder: string;
  /** `colophon verify` of the artifact by one proof. */
  verify(proof: unknown, ...args: string[]): Promise<Verified>;
  /** The same by several at once, for a process costs more than a proof: 0 where any verifies, its evidence tells which. */
  verifyAny(proofs: readonly unknown[], ...args: string[]): Promise<Verified>;
  /** Any command in the folder; no output of any may show the epoch as a time. */
  run(...args: string[]): Promise<Finished>;
  /** Writes a file into the folder: text as it is, anything else as JSON. */
  write(content: unknown, name?: string): Promise<string>;
  /** `colophon coverage` of a package, each version of which has one of the proofs filed under it. */
  cover(proofs: readonly unknown[], ...args: string[]): Promise<readonly CoveredObject[]>;
  close(): Promise<void>;
}

/** Worlds in which no registry has a key of its own, so that nothing but the proof decides. */
export async function openFieldCases(): Promise<FieldCases> {
  const worlds = await startWorlds({}, { trust: { trustedRoot: "trusted-root.json" } });
  const { sigstore, folder, close } = worlds;
  let files = 0;
  const write = async (content: unknown, name = `${(files += 1)}.json`): Promise<string> => {
    await writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
    return name;
  };
  await write(ALPHA, ARTIFACT);
  const run = async (...args: string[]): Promise<Finished> => {
    const finished = await colophon(args, { cwd: folder });
    expect(finished.stdout + finished.stderr).not.toContain("1970-01-01");
    return finished;
  };
  const verifyAny = async (proofs: readonly unknown[], ...args: string[]): Promise<Verified> => {
    const files = await Promise.all(proofs.map((proof) => write(proof)));
    const bundles = files.flatMap((file) => ["--bundle", file]);
    const { code, stdout, stderr } = await run("verify", ARTIFACT, ...bundles, "--json", ...args);
    if (stdout === "") throw new Error(stderr);
    return { code, result: JSON.parse(stdout) as VerifyResult };
  };
  return {
    sigstore,
    folder,
    run,
    write,
    verify: (proof, ...args) => verifyAny([proof], ...args),
    verifyAny,
    cover: (proofs, ...args) => cover(worlds, proofs, run, args),
    close,
  };
}

async function cover(
  { registry }: Worlds,
  proofs: readonly unknown[],
  run: FieldCases["run"],
  args: readonly string[],
): Promise<readonly CoveredObject[]> {
  const integrity = `${toIntegrity(Buffer.from(ALPHA))} sha256-${Buffer.from(A, "hex").toString("base64")}`;
  const versions = proofs.map((bundle, index) => ({
    version: VERSIONS[index] ?? "",
    integrity,
    attestations: [{ predicateType: "https://slsa.dev/provenance/v1", bundle }],
  }));
  registry.add({ name: "widget", versions });
  const finished = await run("coverage", "npm:widget", "--registry", registry.url, "--json", ...args);
  return VERSIONS.flatMap((version) => resultOf(finished).objects.filter(({ id }) => id.endsWith(`@${version}`)));
}
