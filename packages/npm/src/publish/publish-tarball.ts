import { isAbsolute, relative, resolve, sep } from "node:path";
import { isObject, objectAt, parseStrictJson, stringAt } from "@colophon/core";
import { createRedactor } from "./redact.ts";
import { runTool, type Ended, type ToolRun } from "./run-tool.ts";

export interface PublishRequest extends ToolRun {
  /** Path of the tarball. */
  readonly tarball: string;
  /** Further arguments, such as `--tag next`. */
  readonly args: readonly string[];
  /** Where the tool looks for its npmrc. */
  readonly cwd: string;
}

export type PublishOutcome =
  | { readonly outcome: "published" }
  /** `code`: the tool's own (E403, EOTP, ERR_PNPM_…), UNKNOWN where it tells none. The version may be there all the same. */
  | { readonly outcome: "failed"; readonly code: string; readonly message: string };

const TIMEOUT_MS = 10 * 60_000;

/**
 * Publishes a tarball as it is, so that the registry gets the bytes that were hashed. Throws TOOL_NOT_FOUND,
 * TOOL_FAILED where the tool cannot be started, TOOL_STOPPED.
 */
export async function publishTarball(request: PublishRequest): Promise<PublishOutcome> {
  const { tarball, cwd, timeoutMs = TIMEOUT_MS } = request;
  const args = ["publish", pathFrom(cwd, tarball), "--json", ...request.args];
  const ended = await runTool({ ...request, args, cwd, timeoutMs, answers: true });
  if (ended.exitCode === 0) return { outcome: "published" };
  const redact = createRedactor(request.env);
  const { code, message } = faultOf(ended);
  return { outcome: "failed", code, message: redact(message) };
}

/** Both tools take `folder/file.tgz` for the repository `file.tgz` of a GitHub account, `./folder/file.tgz` never. */
function pathFrom(cwd: string, tarball: string): string {
  const path = relative(resolve(cwd), resolve(tarball)).split(sep).join("/");
  return isAbsolute(path) || path.startsWith("../") ? path : `./${path}`;
}

/** npm prints `{error: {code, summary, detail}}`, pnpm `{error: {code, message}}`; older ones say it on stderr alone. */
function faultOf({ exitCode, stdout, lastLines }: Ended): { code: string; message: string } {
  const error = errorOf(stdout);
  const said = lastLines.join("\n");
  const code = stringAt(error, "code") ?? /\bcode (E[A-Z0-9]+)$/m.exec(said)?.[1] ?? /\bERR_PNPM_\w+/.exec(said)?.[0];
  const message = stringAt(error, "summary") ?? stringAt(error, "message");
  return {
    code: code !== undefined && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : "UNKNOWN",
    message: message ?? `exit code ${exitCode}${said === "" ? "" : `: ${said.replaceAll("\n", "; ")}`}`,
  };
}

function errorOf(stdout: string): unknown {
  const start = Math.max(stdout.lastIndexOf("\n{"), stdout.startsWith("{") ? 0 : -1);
  if (start === -1) return undefined;
  try {
    const value = parseStrictJson(stdout.slice(start), "the answer");
    return isObject(value) ? objectAt(value, "error") : undefined;
  } catch {
    return undefined;
  }
}
