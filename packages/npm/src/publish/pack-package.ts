import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { NpmError } from "../error.ts";
import { readFolderManifest } from "./folder-manifest.ts";
import { runTool, type ToolCall, type ToolRun } from "./run-tool.ts";
import { show } from "./show.ts";

export interface PackRequest extends ToolRun {
  /** The package's folder. */
  readonly folder: string;
  /** Folder that the tarball is put into; made where it is not there. A tarball of the same name is replaced. */
  readonly destination: string;
  /**
   * Lifecycle scripts that run: none, those of packing (the default), or `prepublishOnly` before them, as when a folder is
   * published: it is where most packages build, and neither packing nor publishing a tarball runs it.
   */
  readonly scripts?: PackScripts;
}

export type PackScripts = "none" | "pack" | "publish";

const TIMEOUT_MS = 30 * 60_000;
const BUILD = "prepublishOnly";

/**
 * Packs a package with its own tool, lifecycle scripts included, and returns the path of its one tarball. Throws
 * TOOL_NOT_FOUND, TOOL_STOPPED, or TOOL_FAILED with the exit code and the last lines.
 */
export async function packPackage(request: PackRequest): Promise<string> {
  const { folder, destination, tool, timeoutMs = TIMEOUT_MS, scripts = "pack" } = request;
  await mkdir(destination, { recursive: true });
  // A folder of its own says which tarball it is: scripts print to the same stdout, before and after the answer.
  const own = await mkdtemp(join(resolve(destination), ".packing-"));
  try {
    const call = { ...request, cwd: folder, timeoutMs, answers: false };
    if (scripts === "publish" && (await publishingBuilds(call))) await mustRun({ ...call, args: ["run", BUILD] });
    const silently = scripts === "none" ? ["--ignore-scripts"] : [];
    await mustRun({ ...call, args: ["pack", ...silently, "--pack-destination", own] });
    const made = (await readdir(own)).filter((name) => name.endsWith(".tgz"));
    const [name] = made;
    if (name === undefined || made.length > 1) {
      const message = `${tool} pack in ${show(folder)} made ${made.length} tarballs, not one ${made.map(show).join(", ")}`;
      throw new NpmError("TOOL_FAILED", message.trimEnd(), { hint: "Pack one package, without workspaces below it." });
    }
    const path = join(resolve(destination), name);
    await rename(join(own, name), path);
    return path;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Whether publishing would run it: asked for by its name, a tool runs a script whatever `ignore-scripts` says. */
async function publishingBuilds(call: Omit<ToolCall, "args">): Promise<boolean> {
  const { scripts } = await readFolderManifest(call.cwd);
  if (scripts[BUILD] === undefined) return false;
  const asking = { ...call, answers: true };
  // Below a workspace npm tells its configuration at the workspace's root alone.
  const cwd = call.tool === "npm" ? await mustRun({ ...asking, args: ["prefix"] }) : call.cwd;
  return (await mustRun({ ...asking, cwd, args: ["config", "get", "ignore-scripts"] })) !== "true";
}

/** What it answers, trimmed. */
async function mustRun(call: ToolCall): Promise<string> {
  const { exitCode, stdout, lastLines } = await runTool(call);
  if (exitCode === 0) return stdout.trim();
  const [command = "", ...rest] = call.args;
  const shown = `${call.tool} ${command === "run" ? `run ${rest.at(-1)}` : command}`;
  const message = [`${shown} failed with exit code ${exitCode}`, ...lastLines].join("\n");
  throw new NpmError("TOOL_FAILED", message, { hint: `Run ${shown} in ${show(call.cwd)} by hand.` });
}
