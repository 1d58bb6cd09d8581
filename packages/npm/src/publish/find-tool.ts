import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { NpmError } from "../error.ts";

export type Tool = "npm" | "pnpm";

/** A program, and the arguments that come before all others. */
export interface Command {
  readonly program: string;
  readonly first: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the tool on PATH. Windows starts a `.cmd` in a shell alone, which would read arguments anew: there Node runs
 * the script that the `.cmd` names. Throws TOOL_NOT_FOUND.
 */
export async function findTool(
  tool: Tool,
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): Promise<Command> {
  for (const folder of pathOf(env, platform)) {
    const found = platform === "win32" ? await findOnWindows(tool, folder) : await findProgram(join(folder, tool));
    if (found !== undefined) return found;
  }
  const hint = `Install ${tool}, and have it on PATH.`;
  throw new NpmError("TOOL_NOT_FOUND", `${tool} is not on PATH`, { hint });
}

/** Windows spells the variable's name in any case. */
function pathOf(env: Environment, platform: NodeJS.Platform): readonly string[] {
  const key = platform === "win32" ? Object.keys(env).find((name) => name.toUpperCase() === "PATH") : "PATH";
  return (env[key ?? "PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
}

async function findOnWindows(tool: Tool, folder: string): Promise<Command | undefined> {
  const program = await findProgram(join(folder, `${tool}.exe`));
  if (program !== undefined) return program;
  const shim = join(folder, `${tool}.cmd`);
  const text = await readFile(shim, "utf8").catch(() => "");
  const script = scriptOf(tool, text);
  return script === undefined ? undefined : { program: process.execPath, first: [join(dirname(shim), script)] };
}

/** `"%~dp0\node_modules\npm\bin\npm-cli.js"` of npm's own file, `"%dp0%\…\pnpm.cjs"` of those that npm makes. */
function scriptOf(tool: Tool, shim: string): string | undefined {
  const paths = [...shim.matchAll(/%(?:~dp0|dp0%)\\?([^"%\r\n]+\.[cm]?js)"/gi)].map(([, path = ""]) => path);
  const named = paths.find((path) => new RegExp(String.raw`\\${tool}(?:-cli)?\.[cm]?js$`, "i").test(path));
  return named?.split("\\").join("/");
}

async function findProgram(path: string): Promise<Command | undefined> {
  const runs = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return runs ? { program: path, first: [] } : undefined;
}
