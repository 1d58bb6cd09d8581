import { readFile } from "node:fs/promises";
import type Config from "@npmcli/config";
import { NpmError } from "../error.ts";

const ABSENT = new Set(["ENOENT", "ENOTDIR"]);

/**
 * npm goes on without an npmrc that it cannot read, and then asks another registry, or as nobody. Throws
 * NPMRC_UNREADABLE for one that is there but cannot be read, or is no text.
 */
export async function checkNpmrcFiles(config: Config): Promise<void> {
  for (const where of ["project", "user", "global"] as const) {
    const { source, loadError } = config.data.get(where) ?? {};
    if (loadError !== undefined && ABSENT.has(loadError.code ?? "")) continue;
    // In place of a file that is left out stands a remark in brackets.
    if (typeof source !== "string" || source.startsWith("(")) continue;
    if (loadError !== undefined) throw unreadable(source, loadError.code ?? "unknown error", loadError);
    if (!isText(await readFile(source))) throw unreadable(source, "it is not UTF-8 text");
  }
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function unreadable(file: string, why: string, cause?: unknown): NpmError {
  return new NpmError("NPMRC_UNREADABLE", `npm's configuration file ${file} cannot be read: ${why}`, {
    hint: "Make it a text file that this user may read, remove it, or name another one (npm_config_userconfig).",
    cause,
  });
}
