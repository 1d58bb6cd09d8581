import { createHash } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildSlsaV1, startGitHubJob, toGitHubClaims, type GitHubIdentity } from "@colophon/testkit";
import { inject } from "vitest";
import type { Answer, Question } from "../src/clients/client.ts";
import { recordCell, type Cell } from "../src/matrix.ts";
import { toTokenRequestUrl } from "../src/sigstore/issuer.ts";
import type { RealSigstore } from "../src/sigstore/start.ts";
import { tokenFor } from "../src/sigstore/tokens.ts";
import { VERIFIERS, type VerifierName } from "../src/verifiers.ts";

export const sigstore: RealSigstore = inject("sigstore");

export const SLSA_V1 = "https://slsa.dev/provenance/v1";
export const RELEASE: GitHubIdentity = {
  repository: "acme/widget",
  ref: "refs/tags/v1.0.0",
  sha: "1".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "1",
  issuer: sigstore.issuer,
};
export const SIGNER = {
  kind: "certificate",
  identity: `https://github.com/${RELEASE.repository}/${RELEASE.workflow}@${RELEASE.ref}`,
  issuer: sigstore.issuer,
  repository: RELEASE.repository,
} as const;

/** A fresh token of the release's run; a token is good for one certificate and more. */
export const releaseToken = (identity: GitHubIdentity = RELEASE): string =>
  tokenFor(sigstore, toGitHubClaims(identity));

/** The variables of a job of that run, whose tokens the real issuer signs. */
export async function jobOf(identity: GitHubIdentity): Promise<Record<string, string>> {
  const job = await startGitHubJob(identity);
  await job.close();
  return { ...job.env, ACTIONS_ID_TOKEN_REQUEST_URL: toTokenRequestUrl(sigstore.issuer, toGitHubClaims(identity)) };
}

/** Files of a test file: what was released, and its provenance as a statement and as a bare predicate. */
export interface Ground {
  readonly folder: string;
  readonly file: string;
  readonly statement: string;
  readonly predicate: string;
}

export async function makeGround(): Promise<Ground> {
  const folder = await mkdtemp(join(inject("folder"), "ground-"));
  const ground = {
    folder,
    file: join(folder, "widget.bin"),
    statement: join(folder, "statement.json"),
    predicate: join(folder, "predicate.json"),
  };
  const bytes = "a released file\n";
  const hash = (algorithm: string): string => createHash(algorithm).update(bytes).digest("hex");
  const statement = buildSlsaV1({
    subject: [{ name: "widget.bin", digest: { sha256: hash("sha256"), sha512: hash("sha512") } }],
    buildType: "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
    builderId: `https://github.com/actions/runner/${RELEASE.runner}`,
    run: RELEASE,
  });
  await writeFile(ground.file, bytes);
  await writeFile(ground.statement, JSON.stringify(statement));
  await writeFile(ground.predicate, JSON.stringify(statement.predicate));
  return ground;
}

/** Asks a verifier and records what it says as a cell of the matrix. */
export async function ask(
  { part, row }: Pick<Cell, "part" | "row">,
  verifier: VerifierName,
  question: Question,
): Promise<Answer> {
  const answer = await VERIFIERS[verifier](question, sigstore);
  recordCell(inject("matrix"), { part, row, verifier, says: answer.says });
  return answer;
}
