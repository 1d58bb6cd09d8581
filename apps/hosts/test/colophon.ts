import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startSigstore, writeTrustedRoot, type EmbeddedSigstore } from "@colophon/testkit";
import { onTestFinished } from "vitest";
import { startJobIn, type Repository } from "../src/repository.ts";
import type { ToolResult } from "../src/tools.ts";
import { makeWorld } from "./world.ts";

const ROOT = join(import.meta.dirname, "../../..");
export const COMMANDS = {
  colophon: join(ROOT, "apps/cli/bin/colophon.js"),
  "colophon-npm-publish": join(ROOT, "plugins/npm-publish/bin/colophon-npm-publish.js"),
} as const;

/** A repository whose releases are signed in an embedded Sigstore, which a configuration in it names and trusts. */
export interface SigningWorld {
  readonly repository: Repository;
  readonly sigstore: EmbeddedSigstore;
  /** Of a job at the commit that is checked out. */
  readonly env: Readonly<Record<string, string>>;
  run(command: keyof typeof COMMANDS, args: readonly string[], options?: RunOptions): Promise<ToolResult>;
}

interface RunOptions {
  /** Below the repository. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface SigningWorldOptions extends Omit<Parameters<typeof makeWorld>[0], "packages"> {
  /** What is committed: a repository without manifests of its own. */
  readonly files: Readonly<Record<string, string>>;
  readonly sigstore?: EmbeddedSigstore;
  readonly configuration?: object;
}

export async function makeSigningWorld({
  files,
  configuration = {},
  sigstore,
  ...options
}: SigningWorldOptions): Promise<SigningWorld> {
  const world = await makeWorld({ ...options, packages: ["unused"] });
  await world.repository.commit("feat: begin", files);
  const services = sigstore ?? (await startOwn());
  const { folder } = world.repository;
  await writeTrustedRoot(join(folder, "trusted-root.json"), services.trustedRoot);
  const { url } = services;
  const config = {
    trust: { trustedRoot: "trusted-root.json" },
    sign: { fulcio: url, rekor: url, timestamp: `${url}/api/v1/timestamp` },
    ...configuration,
  };
  await writeFile(join(folder, "colophon.config.json"), JSON.stringify(config));
  const job = await startJobIn(world.repository);
  onTestFinished(() => job.close());
  const env = { ...world.env, ...job.env };
  return {
    repository: world.repository,
    sigstore: services,
    env,
    run: (command, args, { folder: below = "", env: more = {} } = {}) =>
      runNode([COMMANDS[command], ...args], join(folder, below), { ...env, ...more }),
  };
}

async function startOwn(): Promise<EmbeddedSigstore> {
  const sigstore = await startSigstore();
  onTestFinished(() => sigstore.close());
  return sigstore;
}

async function runNode(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<ToolResult> {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  return { code, stdout, stderr };
}
