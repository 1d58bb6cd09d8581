import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Receipt } from "@colophon/core";
import {
  startGitHubJob,
  startOciRegistry,
  startSigstore,
  writeTrustedRoot,
  type EmbeddedOciRegistry,
  type EmbeddedSigstore,
  type GitHubIdentity,
  type ImageDigests,
  type OciRegistryOptions,
} from "@colophon/testkit";
import { onTestFinished } from "vitest";

const RUN: GitHubIdentity = {
  repository: "acme/widget",
  ref: "refs/tags/v1.4.0",
  sha: "1".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "9116405766",
};
export const PLATFORMS = ["linux/amd64", "linux/arm64"];

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of a release job, a registry with an image for two platforms, and a Sigstore that its configuration names. */
export interface World {
  readonly folder: string;
  readonly registry: EmbeddedOciRegistry;
  readonly sigstore: EmbeddedSigstore;
  readonly image: ImageDigests;
  /** `host/acme/widget` */
  readonly name: string;
  readonly write: (name: string, text: string) => Promise<void>;
  /** Runs `colophon-container-push` in the job. */
  readonly push: (args: readonly string[], change?: { env?: object; stdin?: string }) => Promise<Finished>;
  /** The environment of another job. */
  readonly jobOf: (change: { readonly runId?: string; readonly attempt?: string }) => Promise<object>;
  /** Runs `colophon`. */
  readonly colophon: (...args: string[]) => Promise<Finished>;
}

export async function open(options: OciRegistryOptions = {}): Promise<World> {
  const [registry, sigstore, job] = await Promise.all([
    startOciRegistry(options),
    startSigstore(),
    startGitHubJob(RUN),
  ]);
  const folder = await mkdtemp(join(tmpdir(), "colophon-container-push-"));
  onTestFinished(async () => {
    await Promise.all([registry.close(), sigstore.close(), job.close()]);
    await rm(folder, { recursive: true, force: true });
  });
  await writeTrustedRoot(join(folder, "trusted-root.json"), sigstore.trustedRoot);
  const { url } = sigstore;
  const config = {
    trust: { trustedRoot: "trusted-root.json" },
    sign: { fulcio: url, rekor: url, timestamp: `${url}/api/v1/timestamp` },
  };
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  await write("colophon.config.json", JSON.stringify(config));
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, DOCKER_CONFIG: folder };
  const run = (bin: string, args: readonly string[], own: object, stdin = ""): Promise<Finished> =>
    finish([join(import.meta.dirname, bin), ...args], { cwd: folder, env: { ...env, ...own }, stdin });
  return {
    folder,
    registry,
    sigstore,
    image: registry.addImage("acme/widget", ["1.4.0", "latest"], { platforms: PLATFORMS }),
    name: `${registry.host}/acme/widget`,
    write,
    push: (args, { env: own = job.env, stdin } = {}) => run("../bin/colophon-container-push.js", args, own, stdin),
    jobOf: async ({ runId = RUN.runId, attempt = "1" }) => {
      const other = await startGitHubJob({ ...RUN, runId }, { claims: { run_attempt: attempt } });
      onTestFinished(() => other.close());
      return { ...other.env, GITHUB_RUN_ATTEMPT: attempt };
    },
    colophon: (...args) => run("../../../apps/cli/bin/colophon.js", args, {}),
  };
}

export function receiptOf({ stdout, stderr }: Finished): Receipt {
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Receipt;
}

async function finish(
  args: readonly string[],
  { cwd, env, stdin }: { cwd: string; env: Record<string, string>; stdin: string },
): Promise<Finished> {
  const child = spawn(process.execPath, args, { cwd, env });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  child.stdin.on("error", () => undefined).end(stdin);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  return { code, stdout, stderr };
}
