import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command in the e2e suite, else the same from its source. */
const COMMAND =
  process.env["COLOPHON_SUITE"] === "e2e"
    ? [join(import.meta.dirname, "../bin/colophon.js")]
    : ["--conditions=@colophon/source", join(import.meta.dirname, "../src/main.ts")];

/** Half of such a process' time would be compiling the same files again. */
const NODE_COMPILE_CACHE = join(tmpdir(), "colophon-compile-cache");

/** Registers what is to be done when a test is over; one that runs beside others has to say which it is. */
export type CleanUp = typeof onTestFinished;

/** An empty folder, gone when the test is over. */
export async function emptyFolder(cleanUp: CleanUp = onTestFinished): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-cli-"));
  cleanUp(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Closes the reading end of stdout before anything is read. */
  readonly closeStdout?: boolean;
  /** What node is run through, such as a command that takes the network away. */
  readonly through?: readonly string[];
  /** Options of node itself. */
  readonly nodeOptions?: readonly string[];
}

/** Runs the command as a process of its own, with a home and an environment of its own. */
export async function colophon(
  args: readonly string[],
  { cwd, env = {}, closeStdout = false, through = [], nodeOptions = [] }: RunOptions = {},
): Promise<Finished> {
  const home = await mkdtemp(join(tmpdir(), "colophon-home-"));
  try {
    return await runIn(home, args, { cwd: cwd ?? home, env, closeStdout, through, nodeOptions });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function runIn(
  home: string,
  args: readonly string[],
  { cwd, env, closeStdout, through, nodeOptions }: Required<RunOptions>,
): Promise<Finished> {
  const [program = "", ...rest] = [...through, process.execPath, ...nodeOptions, ...COMMAND, ...args];
  const child = spawn(program, rest, {
    cwd,
    env: { PATH: process.env["PATH"], HOME: home, NODE_COMPILE_CACHE, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  if (closeStdout) child.stdout.destroy();
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  return await new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, stdout, stderr }));
  });
}
