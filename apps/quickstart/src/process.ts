import { spawn } from "node:child_process";

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
}

/** Runs a program to its end; what it says on stderr is shown. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env = process.env }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Finished> {
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "inherit"],
    shell: process.platform === "win32",
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  return await new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, stdout }));
  });
}
