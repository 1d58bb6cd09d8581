import { spawn } from "node:child_process";
import { lastLines } from "../process.ts";

export interface Supervised {
  readonly pid: number;
  /** Ends it, and what it started. */
  stop(): Promise<void>;
}

/** Milliseconds after which a supervisor that was told to end is killed. */
const PATIENCE_MS = 5000;

/** Starts a supervisor, which says `ready` and ends with its stdin. Throws with what it said where it ends before. */
export async function supervise([command = "", ...args]: readonly string[]): Promise<Supervised> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let said = "";
  let ready = false;
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
    if (ready) process.stderr.write(chunk);
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => reject(new Error(`the Sigstore did not start:\n${lastLines(said)}`)));
    child.stdout.once("data", () => resolve());
  });
  ready = true;
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      child.stdin.end();
      await ended;
      clearTimeout(timer);
    },
  };
}
