import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan, Receipt } from "@colophon/core";
import {
  startGitHubJob,
  startSigstore,
  writeTrustedRoot,
  type EmbeddedSigstore,
  type GitHubIdentity,
  type GitHubJob,
  type GitHubJobOptions,
} from "@colophon/testkit";
import { onTestFinished } from "vitest";
import { colophon, emptyFolder, type CleanUp, type Finished } from "./colophon.ts";

export const RUN: GitHubIdentity = {
  repository: "acme/widget",
  ref: "refs/tags/v1.4.0",
  sha: "1".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "9116405766",
};

/** A job of a release, on an embedded Sigstore that a configuration in its folder names and trusts. */
export interface ReleaseJob {
  readonly folder: string;
  readonly sigstore: EmbeddedSigstore;
  readonly job: GitHubJob;
  /** Runs `colophon attest` in the job. */
  attest(...args: string[]): Promise<Finished>;
  attestWith(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Finished>;
  /** What lies in the output folder, but for what Colophon keeps for itself. */
  output(): Promise<string[]>;
  read(name: string): Promise<string>;
}

export async function openRelease(
  files: Readonly<Record<string, string>> = { "dist/a.tgz": "alpha\n", "dist/b.tgz": "beta\n" },
  {
    identity = RUN,
    job: options = {},
    sign = {},
    cleanUp = onTestFinished,
  }: { identity?: GitHubIdentity; job?: GitHubJobOptions; sign?: object; cleanUp?: CleanUp } = {},
): Promise<ReleaseJob> {
  const sigstore = await startSigstore();
  const job = await startGitHubJob(identity, options);
  cleanUp(async () => {
    await Promise.all([sigstore.close(), job.close()]);
  });
  const folder = await emptyFolder(cleanUp);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await writeTrustedRoot(join(folder, "trusted-root.json"), sigstore.trustedRoot);
  const { url } = sigstore;
  const config = {
    trust: { trustedRoot: "trusted-root.json" },
    sign: { fulcio: url, rekor: url, timestamp: `${url}/api/v1/timestamp`, ...sign },
  };
  await writeFile(join(folder, "colophon.config.json"), JSON.stringify(config));
  const attestWith: ReleaseJob["attestWith"] = (env, ...args) =>
    colophon(["attest", ...args], { cwd: folder, env: { ...job.env, ...env } });
  const out = join(folder, "dist/colophon");
  return {
    folder,
    sigstore,
    job,
    attestWith,
    attest: (...args) => attestWith({}, ...args),
    output: async () => (await readdir(out)).filter((name) => !name.startsWith(".")).toSorted(),
    read: (name) => readFile(join(out, name), "utf8"),
  };
}

export function receiptOf({ stdout, stderr }: Finished): Receipt {
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Receipt;
}

export function planOf({ stdout, stderr }: Finished): Plan {
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Plan;
}
