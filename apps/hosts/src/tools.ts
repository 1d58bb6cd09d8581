import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A release tool that this workspace pins. */
export type Tool = keyof typeof ENTRIES;

/** What a tool did in its time. */
export interface ToolResult {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** All of its environment; see `makeEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds, by default a minute. */
  readonly longestMs?: number;
}

const ENTRIES = {
  "npm-11": "npm-11/bin/npm-cli.js",
  "npm-12": "npm-12/bin/npm-cli.js",
  pnpm: "pnpm/pnpm",
  "semantic-release": "semantic-release/bin/semantic-release.js",
  "multi-semantic-release": "@anolilab/multi-semantic-release/dist/bin/cli.js",
} as const;

const require = createRequire(import.meta.url);

/** The file that is the tool, as npm installed it: a script for Node, but for pnpm a program. */
export function findTool(tool: Tool): string {
  // By the folder: not every one of them exports its entry.
  const [, name = "", entry = ""] = /^((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(ENTRIES[tool]) ?? [];
  return join(dirname(require.resolve(`${name}/package.json`)), entry);
}

/** Runs a tool to its end, without stdin. Where it takes too long it is ended, and what it said is thrown. */
export async function runTool(
  tool: Tool,
  args: readonly string[],
  { cwd, env, longestMs = 60_000 }: RunOptions,
): Promise<ToolResult> {
  const file = findTool(tool);
  const [command, ...before] = tool === "pnpm" ? [file] : [process.execPath, file];
  // A group of its own, since the tools start npm and git, which would outlive them.
  const child = spawn(command, [...before, ...args], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, longestMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  }).finally(() => clearTimeout(timer));
  if (late) throw new Error(`${tool} ${args.join(" ")} took over ${longestMs} ms:\n${stdout}\n${stderr}`);
  return { code, stdout, stderr };
}
