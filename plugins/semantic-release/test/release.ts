import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Plan, Receipt } from "@colophon/core";
import { startGitHubJob, startSigstore, writeTrustedRoot, type EmbeddedSigstore } from "@colophon/testkit";
import { onTestFinished } from "vitest";
import { prepare, publish, success, verifyConditions } from "../src/index.ts";
import type { ReleaseContext } from "../src/context.ts";

const RUN = {
  repository: "acme/widget",
  ref: "refs/heads/main",
  sha: "1".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "9116405766",
} as const;

export const OWN = "@colophon/semantic-release";

export interface ReleaseOptions {
  readonly files?: Readonly<Record<string, string>>;
  /** The host's `plugins`; the options of the tested one are taken from them. */
  readonly plugins?: readonly unknown[];
  readonly version?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly sign?: object;
}

/** One release, in a job on GitHub Actions, with the steps as the host would call them. */
export interface Release {
  readonly folder: string;
  readonly sigstore: EmbeddedSigstore;
  readonly context: ReleaseContext;
  readonly logged: string[];
  /** Requests for identity tokens. */
  readonly tokens: readonly unknown[];
  verifyConditions(env?: ReleaseContext["env"]): Promise<void>;
  prepare(version?: string): Promise<void>;
  publish(env?: ReleaseContext["env"]): ReturnType<typeof publish>;
  success(env?: ReleaseContext["env"]): Promise<void>;
  write(path: string, text: string): Promise<void>;
  read(name: string): Promise<string>;
  receipt(): Promise<Receipt>;
  plan(): Promise<Plan>;
  /** What lies in the output folder, but for what Colophon keeps for itself. */
  output(): Promise<readonly string[]>;
}

export async function openRelease(options: ReleaseOptions = {}): Promise<Release> {
  const { files = { "out/a.zip": "alpha\n" }, plugins = [[OWN, { subjects: "out/*" }]], version = "1.0.0" } = options;
  const { sign = {}, claims = {} } = options;
  const folder = await mkdtemp(join(tmpdir(), "colophon-release-"));
  const sigstore = await startSigstore();
  const job = await startGitHubJob(RUN, { claims });
  onTestFinished(async () => {
    await Promise.all([sigstore.close(), job.close(), rm(folder, { recursive: true, force: true })]);
  });
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  await writeTrustedRoot(join(folder, "trusted-root.json"), sigstore.trustedRoot);
  const { url } = sigstore;
  const services = { fulcio: url, rekor: url, timestamp: `${url}/api/v1/timestamp`, ...sign };
  await write("colophon.config.json", JSON.stringify({ trust: { trustedRoot: "trusted-root.json" }, sign: services }));
  const logged: string[] = [];
  const log = (...told: readonly unknown[]): void => void logged.push(told.map(String).join(" "));
  const contextOf = (one: string, env: ReleaseContext["env"] = {}): ReleaseContext => ({
    cwd: folder,
    // The host hands on copies, and nothing of this process.
    env: { PATH: process.env["PATH"], HOME: folder, ...job.env, ...env },
    logger: { log, warn: log },
    options: { plugins, branches: ["main"], repositoryUrl: "https://github.com/acme/widget.git" },
    nextRelease: { version: one, gitTag: `v${one}`, gitHead: RUN.sha },
    lastRelease: {},
  });
  const context = contextOf(version);
  const own = plugins.find((one) => Array.isArray(one) && one[0] === OWN) as readonly [string, object] | undefined;
  const config = { ...context.options, ...own?.[1] };
  const out = join(folder, "dist/colophon");
  const read = (name: string): Promise<string> => readFile(join(out, name), "utf8");
  return {
    folder,
    sigstore,
    context,
    logged,
    tokens: job.requests,
    verifyConditions: (env) => verifyConditions(config, contextOf(version, env)),
    prepare: (one = version) => prepare(config, contextOf(one)),
    publish: (env) => publish(config, contextOf(version, env)),
    success: (env) => success(config, contextOf(version, env)),
    write,
    read,
    receipt: async () => JSON.parse(await read("receipt.json")) as Receipt,
    plan: async () => JSON.parse(await read("plan.json")) as Plan,
    output: async () => (await readdir(out)).filter((name) => !name.startsWith(".")).toSorted(),
  };
}

/** Codes of the errors with which a step rejects, one or several. */
export async function codesOf(step: Promise<unknown>): Promise<readonly string[]> {
  return (await errorsOf(step)).map(({ code }) => code);
}

export interface HostError extends Error {
  readonly code: string;
  readonly details: string;
  readonly semanticRelease: boolean;
}

export async function errorsOf(step: Promise<unknown>): Promise<readonly HostError[]> {
  const error: unknown = await step.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error === undefined) return [];
  return error instanceof AggregateError ? (error.errors as HostError[]) : [error as HostError];
}
