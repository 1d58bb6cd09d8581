import { execFile } from "node:child_process";
import { readJson } from "../json.ts";
import { loginOfHelper, type Login } from "./login.ts";

/** A helper program, and the server that it is asked for. */
export interface HelperCall {
  /** As the file of credentials names it, without `docker-credential-`. */
  readonly name: string;
  readonly server: string;
  /** The helper's whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/** `fault`: why the helper did not answer, with nothing of what it printed. */
export type HelperAnswer = { readonly login?: Login; readonly fault?: string };

const MOST_BYTES = 64 * 1024;

/**
 * Asks `docker-credential-<name> get`, which reads the server from stdin and answers in JSON (docker-credential-helpers).
 * Never in a shell. Its exit code 1 is how it says that it holds nothing.
 */
export function askHelper({ name, server, env, timeoutMs }: HelperCall): Promise<HelperAnswer> {
  if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(name))
    return Promise.resolve({ fault: "a credential helper's name is no name" });
  const program = `docker-credential-${name}`;
  const options = {
    env: { ...env },
    timeout: timeoutMs,
    maxBuffer: MOST_BYTES,
    killSignal: "SIGKILL",
    windowsHide: true,
  };
  return new Promise((resolve) => {
    const child = execFile(
      program,
      ["get"],
      { ...options, encoding: "buffer", killSignal: "SIGKILL" },
      (error, stdout) => {
        if (error !== null) return resolve(error.code === 1 ? {} : { fault: `${program} ${describe(error)}` });
        const login = loginOfHelper(readJson(stdout));
        resolve(login === undefined ? { fault: `${program} answers with no login` } : { login });
      },
    );
    // One that ends without reading has the pipe broken, which its exit code tells better.
    child.stdin?.on("error", () => {});
    child.stdin?.end(server);
  });
}

function describe(error: { readonly code?: unknown; readonly killed?: unknown }): string {
  if (error.code === "ENOENT") return "is not installed";
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return `answers with more than ${MOST_BYTES} bytes`;
  if (error.killed === true) return "did not answer in time";
  return typeof error.code === "number" ? `failed with exit code ${error.code}` : "could not be run";
}
