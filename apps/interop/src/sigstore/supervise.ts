import { spawn } from "node:child_process";
import { lastLines } from "../process.ts";

export interface Supervised {
  readonly pid: number;
  /** The line that it said on stdout when it was ready. */
  readonly said: string;
  /** Ends it, and what it started. */
  stop(): Promise<void>;
}

/** Milliseconds after which a supervisor that was told to end is killed. */
const PATIENCE_MS = 5000;

/**
 * Starts `what`, a process that says a line when it is ready, and ends with its stdin. Throws with what it said where it
 * ends before.
 */
export async function supervise(what: string, [command = "", ...args]: readonly string[]): Promise<Supervised> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let said = "";
  let ready = false;
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
    if (ready) process.stderr.write(chunk);
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => reject(new Error(`${what} did not start:\n${lastLines(said)}`)));
    child.stdout.setEncoding("utf8").once("data", (chunk: string) => resolve(chunk.trim()));
  });
  ready = true;
  return {
    pid: child.pid ?? 0,
    said: line,
    stop: async () => {
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      child.stdin.end();
      await ended;
      clearTimeout(timer);
    },
  };
}
