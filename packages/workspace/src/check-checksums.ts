import { realpath } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { compareDigests, type DigestSet } from "@colophon/core";
import { WorkspaceError } from "./error.ts";
import { isMissing, unreadable } from "./fault.ts";
import type { FileDigest, HashAlgorithm, Located } from "./hash/digest-file.ts";
import { DEFAULT_ALGORITHMS, hashWith } from "./hash/hash-files.ts";
import { isInside } from "./inside.ts";
import { assertSafeName, quote } from "./name.ts";

/** What a checksum file says of one file. */
export interface ChecksumEntry {
  /** Path with forward slashes, relative to the folder of the checksum file. */
  readonly name: string;
  readonly digest: DigestSet;
  /** Number of the line, from 1. */
  readonly line: number;
}

/** A file that a checksum file names, hashed anew. */
export interface CheckedFile<Entry> extends Located, FileDigest {
  readonly entry: Entry;
}

export interface ChecksumCheck<Entry> {
  /** The file has every strong digest that its line gives. */
  readonly matching: readonly CheckedFile<Entry>[];
  /** The file has other bytes than its line says, or the line gives no strong digest. */
  readonly differing: readonly CheckedFile<Entry>[];
  /** There is no such file. */
  readonly missing: readonly Entry[];
}

/**
 * Hashes the files that a checksum file names, in that file's folder, and holds them against it; each list in the order
 * of the lines. The digests are the files' own: what the checksum file says is never taken over. Throws WorkspaceError:
 * NAME_OUTSIDE_FOLDER, also for a symbolic link that leads out, NAME_UNSAFE, and what hashFile throws; FILE_MISSING only of the folder.
 */
export async function checkChecksums<Entry extends ChecksumEntry>(
  entries: readonly Entry[],
  folder: string,
): Promise<ChecksumCheck<Entry>> {
  const found: (Located & { readonly entry: Entry })[] = [];
  const missing: Entry[] = [];
  const root = await realpath(folder).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  for (const entry of entries) {
    const location = await locate(entry, root);
    if (location === undefined) missing.push(entry);
    else found.push({ entry, path: entry.name, location });
  }
  const files = await hashWith(algorithmsOf(entries), found);
  const isMatching = ({ entry, digest }: CheckedFile<Entry>): boolean =>
    compareDigests(entry.digest, digest) === "match";
  return { matching: files.filter(isMatching), differing: files.filter((file) => !isMatching(file)), missing };
}

async function locate({ name, line }: ChecksumEntry, root: string): Promise<string | undefined> {
  assertSafeName(name);
  const outside = (how: string): WorkspaceError =>
    new WorkspaceError("NAME_OUTSIDE_FOLDER", `line ${line}: ${quote(name)} ${how} the folder of the checksum file`, {
      hint: "Put the file beside the checksum file, and name it as it is called there.",
    });
  if (isAbsolute(name) || name.split(/[/\\]/).includes("..")) throw outside("leaves");
  try {
    const location = await realpath(join(root, name));
    if (!isInside(root, location)) throw outside("is a symbolic link out of");
    return location;
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw unreadable(name, cause);
  }
}

/** A sha384 is taken only where some line gives one. */
function algorithmsOf(entries: readonly ChecksumEntry[]): readonly HashAlgorithm[] {
  const asked = entries.some(({ digest }) => Object.hasOwn(digest, "sha384"));
  return asked ? [...DEFAULT_ALGORITHMS, "sha384"] : DEFAULT_ALGORITHMS;
}
