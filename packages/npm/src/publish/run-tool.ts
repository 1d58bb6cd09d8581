import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { NpmError } from "../error.ts";
import { findTool, type Tool } from "./find-tool.ts";
import { createRedactor } from "./redact.ts";
import { readLines } from "./read-lines.ts";

/** How a tool is run. */
export interface ToolRun {
  readonly tool: Tool;
  /** The tool's whole environment; PATH says which one it is. Its secrets are kept out of lines and messages. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds. Default: 30 minutes for packing, since lifecycle scripts build; 10 for publishing. */
  readonly timeoutMs?: number;
  /** Ends the tool and all that it has started. */
  readonly signal?: AbortSignal;
  /** Takes each line that the tool and its scripts print, fit to be shown. */
  readonly onLine?: (line: string) => void;
}

export interface ToolCall extends ToolRun {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Whether stdout is taken as the tool's answer, at most 16 MB, and its lines are shown to nobody. */
  readonly answers: boolean;
}

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  /** The last lines that could be shown. */
  readonly lastLines: readonly string[];
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const LAST_LINES = 20;
const GRACE_MS = 5000;
const PASSED_ON = ["SIGINT", "SIGTERM"] as const;

/**
 * Runs the tool in a process group of its own, never in a shell, with nothing on its stdin: it asks no questions.
 * SIGINT and SIGTERM are passed on to it. Throws TOOL_NOT_FOUND, TOOL_FAILED where it cannot be started, TOOL_STOPPED.
 */
export async function runTool(call: ToolCall): Promise<Ended> {
  const { tool, args, cwd, env, timeoutMs, answers, signal, onLine } = call;
  if (signal?.aborted === true) throw stopped(tool, args, "aborted", []);
  const { program, first } = await findTool(tool, env);
  const redact = createRedactor(env);
  const child = spawn(program, [...first, ...args], {
    cwd,
    env: { ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  const lastLines: string[] = [];
  const show = (line: string): void => {
    const shown = redact(line);
    if (lastLines.push(shown) > LAST_LINES) lastLines.shift();
    onLine?.(shown);
  };
  let why: string | undefined;
  let kill: NodeJS.Timeout | undefined;
  const stop = (reason: string, first: NodeJS.Signals = "SIGTERM"): void => {
    why ??= reason;
    signalGroup(child, first);
    kill ??= setTimeout(signalGroup, GRACE_MS, child, "SIGKILL");
  };
  const timer = setTimeout(() => stop(`not done after ${timeoutMs} ms`), timeoutMs);
  const onAbort = (): void => stop("aborted");
  const onSignal = (name: NodeJS.Signals): void => stop(`ended by ${name}`, name);
  signal?.addEventListener("abort", onAbort, { once: true });
  for (const name of PASSED_ON) process.on(name, onSignal);
  try {
    const answer = answers ? collect(child.stdout) : readLines(child.stdout, show).then(() => "");
    const [exitCode, stdout] = await Promise.all([ending(child, call), answer, readLines(child.stderr, show)]);
    if (why !== undefined) throw stopped(tool, args, why, lastLines);
    return { exitCode, stdout, lastLines };
  } catch (cause) {
    // With what the tool has left running behind itself.
    signalGroup(child, "SIGKILL");
    throw cause;
  } finally {
    clearTimeout(timer);
    clearTimeout(kill);
    signal?.removeEventListener("abort", onAbort);
    for (const name of PASSED_ON) process.off(name, onSignal);
  }
}

/** Exit code; 128 where a signal ended it. Rejects with TOOL_FAILED where it was never started. */
function ending(child: ChildProcess, { tool, args, cwd }: ToolCall): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => {
      const message = `${tool} ${args[0]} cannot be run in ${cwd}: ${cause.message}`;
      reject(new NpmError("TOOL_FAILED", message, { cause }));
    });
    child.once("close", (code) => resolve(code ?? 128));
  });
}

/** An answer without end is none. */
async function collect(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_ANSWER_BYTES) chunks.push(chunk);
  }
  return length <= MAX_ANSWER_BYTES ? Buffer.concat(chunks).toString("utf8") : "";
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, name);
  } catch {
    // It has ended by itself.
  }
}

function stopped(tool: Tool, args: readonly string[], why: string, lines: readonly string[]): NpmError {
  const hint = args[0] === "publish" ? "Ask the registry whether the version is there before publishing again." : "";
  const message = [`${tool} ${args[0]}: ${why}`, ...lines].join("\n");
  return new NpmError("TOOL_STOPPED", message, hint === "" ? {} : { hint });
}
