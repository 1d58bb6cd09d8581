import { realpath, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { WorkspaceError } from "../error.ts";
import { isMissing, missing, notRegular, unreadable } from "../fault.ts";
import { assertSafeName, compareCodePoints, quote } from "../name.ts";
import { expandBraces, hasWildcard, parseSteps, type Step } from "./pattern.ts";
import { walk } from "./walk.ts";

/** Files and folders that one pattern looks at: more than any build leaves. */
const MAX_ENTRIES = 1_000_000;

/** A file that is to be attested. */
export interface FoundFile {
  /** What a statement calls it: its own name, without folders. */
  readonly name: string;
  /** Path with forward slashes, relative to the folder where the patterns start; `../…` for a file elsewhere. */
  readonly path: string;
  /** Absolute path, symbolic links resolved. */
  readonly location: string;
}

export interface FindOptions {
  /** The folder where paths and patterns start. */
  readonly cwd: string;
  /** The output folder: what an earlier run left there is no subject, whatever wildcard matches it. */
  readonly outputFolder?: string;
}

/**
 * The files that paths and patterns name, once each, in the order of their paths' code points. A text that is the path of
 * a file is that file, be there brackets in it or not; else `*`, `?`, `[a-z]`, `**` and `{one,other}` mean what they
 * mean in a shell. A folder is refused, as every file in it would be attested for ever. Throws WorkspaceError:
 * FILE_MISSING, FOLDER_NAMED, PATTERN_UNMATCHED, FILE_REFUSED, FILE_UNREADABLE, NAME_UNSAFE, NAME_CONFLICT, TOO_LARGE.
 */
export async function findFiles(patterns: readonly string[], options: FindOptions): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  const add = (path: string, location: string): void => {
    const absolute = resolve(options.cwd, path);
    const shown = relative(options.cwd, absolute).split(sep).join("/");
    const name = basename(absolute);
    assertSafeName(name);
    found.set(shown, { name, path: shown, location });
  };
  for (const written of patterns) {
    const pattern = sep === "\\" ? written.replaceAll(sep, "/") : written;
    if (await addFile(pattern, options.cwd, add)) continue;
    for (const one of expandBraces(pattern)) {
      if (hasWildcard(one)) await addMatches(one, options, add);
      else if (!(await addFile(one, options.cwd, add))) throw missing(one);
    }
  }
  return distinct([...found.values()].toSorted((left, right) => compareCodePoints(left.path, right.path)));
}

type Add = (path: string, location: string) => void;

/** Takes the file of that very path, symbolic links followed wherever they lead: the user named it. */
async function addFile(path: string, cwd: string, add: Add): Promise<boolean> {
  try {
    const file = await stat(resolve(cwd, path));
    if (file.isDirectory()) {
      const folder = path.replace(/\/+$/, "");
      throw new WorkspaceError("FOLDER_NAMED", `${quote(path)} is a folder`, {
        hint: `Name the files: ${quote(`${folder}/*`)} for those in it, ${quote(`${folder}/**`)} for all below it.`,
      });
    }
    if (!file.isFile()) throw notRegular(path);
    add(path, await realpath(resolve(cwd, path)));
    return true;
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw unreadable(path, cause);
  }
}

async function addMatches(pattern: string, { cwd, outputFolder }: FindOptions, add: Add): Promise<void> {
  const steps = parseSteps(pattern);
  const first = steps.findIndex((step) => step === "**" || !("literal" in step));
  const base = baseOf(steps.slice(0, first));
  let count = 0;
  const folder = await realFolder(resolve(cwd, base));
  if (folder !== undefined) {
    // What the pattern says before its first wildcard is followed wherever it leads, as a path is.
    const show = (path: string): string => join(base, relative(folder, path));
    await walk({ folder, linked: false }, steps.slice(first), {
      inside: [folder, await realpath(cwd)],
      leftOut: outputFolder === undefined ? undefined : await realFolder(resolve(cwd, outputFolder)),
      show,
      found: (path, location) => {
        count += 1;
        add(show(path), location);
      },
      entriesLeft: MAX_ENTRIES,
    });
  }
  if (count > 0) return;
  throw new WorkspaceError("PATTERN_UNMATCHED", `no file matches ${quote(pattern)}`, {
    hint: "Build the files first; patterns start at the current folder, and * passes over names that start with a dot.",
  });
}

function baseOf(steps: readonly Step[]): string {
  const text = steps.map((step) => (typeof step === "object" && "literal" in step ? step.literal : "")).join("/");
  return steps.length === 1 && text === "" ? "/" : text;
}

async function realFolder(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw unreadable(path, cause);
  }
}

/**
 * One file of each name: subjects are told apart by their names, and release pages hold one file of a name. A second way
 * to the same file is no second file.
 */
function distinct(files: readonly FoundFile[]): readonly FoundFile[] {
  const byName = new Map<string, FoundFile>();
  for (const file of files) {
    const other = byName.get(file.name);
    if (other === undefined) byName.set(file.name, file);
    else if (other.location !== file.location) {
      const [first, second, name] = [other.path, file.path, file.name].map(quote);
      throw new WorkspaceError("NAME_CONFLICT", `${first} and ${second} would both be called ${name}`, {
        hint: "Rename one of them, attest them apart, or name them in a checksum file, where names have folders.",
      });
    }
  }
  return [...byName.values()];
}
