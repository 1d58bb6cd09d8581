import { spawn, type ChildProcess } from "node:child_process";
import { devNull } from "node:os";
import { codeOf } from "../fault.ts";
import { gitEnvironment } from "./environment.ts";

const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;
const MAX_COMPLAINT_CHARACTERS = 4096;

/** How a repository is looked at: its own configuration could name programs, and a folder in it could be a repository. */
const HARDENED = [
  ["core.fsmonitor", "false"],
  ["core.hooksPath", devNull],
  ["safe.bareRepository", "explicit"],
].flatMap(([key, value]) => ["-c", `${key}=${value}`]);

export interface GitCall {
  /** The folder that git starts in. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Configuration above that of the repository. */
  readonly config?: readonly (readonly [key: string, value: string])[];
  /** Milliseconds. */
  readonly timeout: number;
}

export type GitAnswer =
  | { readonly kind: "ended"; readonly code: number; readonly stdout: string; readonly stderr: string }
  /** Git is not installed, or the operating system does not start it: the fault's code. */
  | { readonly kind: "not-run"; readonly fault: string }
  | { readonly kind: "timed-out" | "too-long" };

/** Runs git on a repository that is not trusted. Takes no lock in it and starts nothing that it names. Never throws. */
export async function runGit(args: readonly string[], call: GitCall): Promise<GitAnswer> {
  const child = spawn("git", ["--no-pager", "--no-optional-locks", ...HARDENED, "-C", call.folder, ...args], {
    env: gitEnvironment(call.env, call.config ?? []),
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that what git has started ends with it.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  return await new Promise((resolve) => {
    let stopped: "timed-out" | "too-long" | undefined;
    const stop = (why: typeof stopped): void => {
      stopped ??= why;
      killGroup(child);
    };
    const timer = setTimeout(stop, call.timeout, "timed-out");
    const pieces: Buffer[] = [];
    let length = 0;
    let stderr = "";
    child.stdout.on("data", (piece: Buffer) => {
      length += piece.length;
      if (length <= MAX_OUTPUT_BYTES) pieces.push(piece);
      else stop("too-long");
    });
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      stderr = `${stderr}${piece}`.slice(0, MAX_COMPLAINT_CHARACTERS);
    });
    child.once("error", (cause) => {
      clearTimeout(timer);
      resolve({ kind: "not-run", fault: codeOf(cause) });
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      if (stopped !== undefined) resolve({ kind: stopped });
      else resolve({ kind: "ended", code: code ?? -1, stdout: Buffer.concat(pieces).toString("utf8"), stderr });
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
