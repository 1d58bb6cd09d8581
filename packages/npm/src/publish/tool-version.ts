import semver from "semver";
import { NpmError } from "../error.ts";
import { runTool, type ToolRun } from "./run-tool.ts";

const TIMEOUT_MS = 60_000;

/** The version of the tool that `env` and `cwd` lead to. Throws TOOL_NOT_FOUND, TOOL_STOPPED or TOOL_FAILED. */
export async function toolVersion(request: ToolRun & { readonly cwd: string }): Promise<string> {
  const { tool, timeoutMs = TIMEOUT_MS } = request;
  const { exitCode, stdout, lastLines } = await runTool({ ...request, args: ["--version"], timeoutMs, answers: true });
  const version = semver.valid(stdout.trim());
  if (exitCode === 0 && version !== null) return version;
  const message = [`${tool} --version tells no version (exit code ${exitCode})`, ...lastLines].join("\n");
  throw new NpmError("TOOL_FAILED", message, { hint: `Run ${tool} --version by hand.` });
}

/**
 * Whether an npm of this version publishes with the file of `--provenance-file`. Under trusted publishing npm before
 * 11.20.0, and 12.0, passes it over without a word and makes provenance of its own (npm/cli#9879).
 */
export function canTakeProvenanceFile(npmVersion: string): boolean {
  return semver.satisfies(npmVersion, ">=11.20.0 <12.0.0-0 || >=12.1.0", { includePrerelease: true });
}
