import { spawn } from "node:child_process";

export interface Finished {
  /** Null where it could not be started, or was ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** All of its environment; by default this process' own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command to its end, without stdin. A command that cannot be started says so in `stderr`. */
export async function run(
  [command = "", ...args]: readonly string[],
  { cwd, env = process.env }: RunOptions = {},
): Promise<Finished> {
  const child = spawn(command, args, { ...(cwd === undefined ? {} : { cwd }), env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  return await new Promise((resolve) => {
    child.once("error", ({ message }) => resolve({ code: null, stdout, stderr: message }));
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a command that has to succeed. Throws with the last lines that it said. */
export async function runWell(command: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const finished = await run(command, options);
  if (finished.code === 0) return finished;
  const said = lastLines(`${finished.stdout}\n${finished.stderr}`);
  throw new Error(`${command.slice(0, 3).join(" ")} ended with ${finished.code}:\n${said}`);
}

/** The last dozen lines that say something. */
export function lastLines(text: string): string {
  return text.trim().split("\n").slice(-12).join("\n");
}
