import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { isInside } from "../inside.ts";
import { askGit, type Told } from "./ask-git.ts";
import type { GitCall } from "./run-git.ts";

const MAX_DEPTH = 5;

/** Whether files differ from the commit. */
export interface Changes {
  /** Tracked files, staged or not; those of submodules too. */
  readonly dirty: boolean;
  /** Files that git neither tracks nor ignores. */
  readonly untracked: boolean;
}

/**
 * Compares the files with the commit. Programs that the repository's own configuration names as filters are not run: a
 * file that depends on one counts as changed once its times are. Submodules are looked at one by one in the same way,
 * since git would run theirs.
 */
export async function readChanges(call: GitCall, depth = 0): Promise<Told<Changes>> {
  const filters = await withoutFilters(call);
  if (!filters.ok) return filters;
  const args = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal", "--ignore-submodules=dirty"];
  const status = await askGit(args, { ...call, config: filters.value });
  if (!status.ok) return status;
  const records = status.value.split("\0").filter((record) => record !== "");
  let dirty = records.some((record) => !record.startsWith("??"));
  let untracked = records.some((record) => record.startsWith("??"));
  for (const folder of dirty || depth >= MAX_DEPTH ? [] : await submodules(call)) {
    const changes = await readChanges({ ...call, folder }, depth + 1);
    if (!changes.ok) return changes;
    dirty ||= changes.value.dirty;
    untracked ||= changes.value.untracked;
  }
  return { ok: true, value: { dirty, untracked } };
}

type Config = readonly (readonly [key: string, value: string])[];

/** Configuration that takes away each filter which the repository itself defines; the user's own, such as LFS, stay. */
async function withoutFilters(call: GitCall): Promise<Told<Config>> {
  const listed = await askGit(["config", "--list", "-z", "--show-scope", "--name-only"], call);
  if (!listed.ok) return listed;
  const parts = listed.value.split("\0");
  const keys = parts.filter((key, index) => {
    const scope = parts[index - 1];
    return index % 2 === 1 && (scope === "local" || scope === "worktree") && key.startsWith("filter.");
  });
  const value = keys.map((key) => [key, key.endsWith(".required") ? "false" : ""] as const);
  return { ok: true, value };
}

/** The folders of submodules that are checked out. */
async function submodules(call: GitCall): Promise<readonly string[]> {
  const named = await askGit(["config", "-z", "-f", ".gitmodules", "--get-regexp", "^submodule\\..*\\.path$"], call);
  if (!named.ok) return [];
  const folders: string[] = [];
  for (const record of named.value.split("\0")) {
    const folder = await realpath(join(call.folder, record.slice(record.indexOf("\n") + 1))).catch(() => undefined);
    if (folder === undefined || folder === call.folder || !isInside(call.folder, folder)) continue;
    const top = await askGit(["rev-parse", "--show-toplevel"], { ...call, folder });
    // One that is not checked out is a folder of this repository.
    if (top.ok && top.value === `${folder}\n`) folders.push(folder);
  }
  return folders;
}
