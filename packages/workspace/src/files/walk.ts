import type { Dirent } from "node:fs";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { WorkspaceError } from "../error.ts";
import { isMissing, notRegular, unreadable } from "../fault.ts";
import { isInside } from "../inside.ts";
import { quote } from "../name.ts";
import { matchesName, type Step } from "./pattern.ts";

/** One walk over a folder. */
export interface Walk {
  /** Folders, symbolic links resolved, in one of which what a link leads to has to be. */
  readonly inside: readonly string[];
  /** A folder that no wildcard looks into. */
  readonly leftOut: string | undefined;
  /** A path of the walk as the user would write it, for messages. */
  readonly show: (path: string) => string;
  /** Called for each file: the path that led to it, and the path with symbolic links resolved. */
  readonly found: (path: string, location: string) => void;
  /** How many more entries of folders are looked at. */
  entriesLeft: number;
}

/** Where a walk stands: a folder, and whether a symbolic link led there. */
interface Place {
  readonly folder: string;
  readonly linked: boolean;
}

type Kind = Pick<Dirent, "isFile" | "isDirectory" | "isSymbolicLink">;

/**
 * Finds the files to which the steps lead. A folder that cannot be read is an error, since what lies in it would be left
 * out in silence. `**` enters no symbolic link to a folder; a link to a file is followed where it stays inside.
 * Throws WorkspaceError.
 */
export async function walk(place: Place, steps: readonly Step[], state: Walk): Promise<void> {
  const [step, ...rest] = steps;
  if (step === undefined || place.folder === state.leftOut) return;
  if (step === "**") {
    // The last `**` stands for every file, those in the folder itself included.
    await walk(place, rest.length === 0 ? [{ tokens: ["*"] }] : rest, state);
    for (const entry of await entriesOf(place.folder, state)) {
      if (!entry.isDirectory() || entry.name.startsWith(".")) continue;
      await walk({ ...place, folder: join(place.folder, entry.name) }, steps, state);
    }
    return;
  }
  if ("literal" in step) {
    const path = join(place.folder, step.literal);
    const kind = await kindOf(path, state);
    if (kind !== undefined) await take({ path, kind, linked: place.linked }, rest, state);
    return;
  }
  for (const entry of await entriesOf(place.folder, state)) {
    if (!matchesName(step.tokens, entry.name)) continue;
    await take({ path: join(place.folder, entry.name), kind: entry, linked: place.linked }, rest, state);
  }
}

/** Goes on into a folder, or takes a file where no step is left. */
async function take(
  { path, kind, linked }: { path: string; kind: Kind; linked: boolean },
  rest: readonly Step[],
  state: Walk,
): Promise<void> {
  const throughLink = kind.isSymbolicLink();
  const target: Kind = throughLink ? await targetOf(path, state) : kind;
  if (target.isDirectory()) {
    await walk({ folder: path, linked: linked || throughLink }, rest, state);
    return;
  }
  if (rest.length > 0) return;
  if (!target.isFile()) throw notRegular(state.show(path));
  const location = linked || throughLink ? await realpath(path) : path;
  if (!state.inside.some((folder) => isInside(folder, location))) {
    throw new WorkspaceError("FILE_REFUSED", `${quote(state.show(path))} is a symbolic link to outside of the folder`, {
      hint: "Name the file itself if it is meant: a wildcard does not follow links that lead out.",
    });
  }
  state.found(path, location);
}

async function entriesOf(folder: string, state: Walk): Promise<readonly Dirent[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw unreadable(state.show(folder), cause);
  }
  state.entriesLeft -= entries.length;
  if (state.entriesLeft < 0) {
    throw new WorkspaceError("TOO_LARGE", `too many files and folders: ended in ${quote(state.show(folder))}`, {
      hint: "Name the folder that holds the files, such as dist/*.",
    });
  }
  return entries;
}

async function kindOf(path: string, state: Walk): Promise<Kind | undefined> {
  try {
    return await lstat(path);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw unreadable(state.show(path), cause);
  }
}

async function targetOf(path: string, state: Walk): Promise<Kind> {
  try {
    return await stat(path);
  } catch (cause) {
    throw unreadable(state.show(path), cause);
  }
}
