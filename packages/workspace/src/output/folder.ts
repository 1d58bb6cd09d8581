import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, realpath, rename, rm, writeFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { WorkspaceError } from "../error.ts";
import { isMissing, unreadable } from "../fault.ts";
import { digestFile, newBuffer } from "../hash/digest-file.ts";
import { quote } from "../name.ts";
import { unwritable } from "./fault.ts";
import { assertOutputName } from "./file-names.ts";
import { openJournal, type Journal } from "./journal.ts";
import { lockFolder } from "./lock.ts";

const MAX_READ_BYTES = 128 * 1024 * 1024;

/** The folder that an emission writes into, held by one run at a time. */
export interface OutputFolder {
  /** Absolute path, symbolic links resolved. */
  readonly location: string;
  /**
   * Writes a file whole or not at all. What Colophon wrote before is replaced; anything else of that name is left as it
   * is and refused, unless it has the same bytes. Throws OUTPUT_NAME, OUTPUT_FOREIGN, OUTPUT_FULL, OUTPUT_UNWRITABLE.
   */
  write(name: string, content: string | Uint8Array): Promise<void>;
  /**
   * The bytes of a file of at most 128 MB that this or an earlier run left, or undefined where there is none.
   * Throws OUTPUT_NAME, OUTPUT_FOREIGN, TOO_LARGE, FILE_UNREADABLE.
   */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Throws OUTPUT_NAME or OUTPUT_FOREIGN where `write` would refuse other bytes. */
  claim(name: string): Promise<void>;
  /** Takes away what this or an earlier run wrote. Throws OUTPUT_NAME, OUTPUT_FOREIGN, OUTPUT_UNWRITABLE. */
  remove(name: string): Promise<void>;
  /** Lets other runs in. */
  close(): Promise<void>;
}

/**
 * Opens the output folder, made where it is missing, and holds it until it is closed. What is kept to that end lies in
 * its subfolder `.colophon`: the lock, which files were written, and files that are not whole yet; those that a crash
 * left are removed. `isUnpacked`: a folder that is new or empty gets an `.npmignore`, as a package may publish what it lies in, and
 * must not differ by what was attested of it before. Throws OUTPUT_BUSY, OUTPUT_FOREIGN, OUTPUT_FULL, OUTPUT_UNWRITABLE,
 * TOO_LARGE.
 */
export async function openOutputFolder(
  folder: string,
  { isUnpacked = false }: { readonly isUnpacked?: boolean } = {},
): Promise<OutputFolder> {
  let unlock: (() => Promise<void>) | undefined;
  try {
    await mkdir(folder, { recursive: true });
    if (isUnpacked && (await readdir(folder)).length === 0) await writeFile(join(folder, ".npmignore"), "*\n");
    const location = await realpath(folder);
    const own = join(location, ".colophon");
    await mkdir(own, { recursive: true });
    if (!(await lstat(own)).isDirectory()) throw foreign(".colophon");
    unlock = await lockFolder(own, folder);
    for (const name of await readdir(own)) if (name.endsWith(".tmp")) await rm(join(own, name), { force: true });
    const journal = await openJournal(join(own, "written"), folder);
    const release = unlock;
    return {
      location,
      write: async (name, content) => await writeWhole({ location, own, journal }, name, Buffer.from(content)),
      read: async (name) => await readWhole(location, name),
      claim: async (name) => void (await ownDigest({ location, own, journal }, name)),
      remove: async (name) => await removeOwn({ location, own, journal }, name),
      close: async () => {
        await journal.close();
        await release();
      },
    };
  } catch (cause) {
    await unlock?.();
    throw unwritable(folder, cause);
  }
}

interface Places {
  readonly location: string;
  readonly own: string;
  readonly journal: Journal;
}

async function writeWhole({ location, own, journal }: Places, name: string, bytes: Buffer): Promise<void> {
  assertOutputName(name);
  const target = join(location, name);
  const temporary = join(own, `${randomUUID()}.tmp`);
  try {
    const digest = createHash("sha256").update(bytes).digest("hex");
    const there = await digestThere(target, name);
    if (there === digest) return;
    if (there !== undefined && !journal.has(name, there)) throw foreign(name);
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await journal.record(name, digest);
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw unwritable(name, cause);
  }
}

async function removeOwn(places: Places, name: string): Promise<void> {
  if ((await ownDigest(places, name)) === undefined) return;
  try {
    await rm(join(places.location, name));
  } catch (cause) {
    throw unwritable(name, cause);
  }
}

/** The digest of what Colophon wrote under that name; undefined where there is nothing. */
async function ownDigest({ location, journal }: Places, name: string): Promise<string | undefined> {
  assertOutputName(name);
  const there = await digestThere(join(location, name), name);
  if (there !== undefined && !journal.has(name, there)) throw foreign(name);
  return there;
}

async function digestThere(target: string, name: string): Promise<string | undefined> {
  if (!(await isThere(target, name))) return undefined;
  const { digest } = digestFile({ path: name, location: target }, ["sha256"], newBuffer());
  return digest["sha256"];
}

async function readWhole(location: string, name: string): Promise<Uint8Array | undefined> {
  assertOutputName(name);
  const target = join(location, name);
  let file: FileHandle | undefined;
  try {
    if (!(await isThere(target, name))) return undefined;
    file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size } = await file.stat();
    if (size > MAX_READ_BYTES) {
      throw new WorkspaceError("TOO_LARGE", `${quote(name)} has ${size} bytes, more than ${MAX_READ_BYTES}`);
    }
    return await file.readFile();
  } catch (cause) {
    throw unreadable(name, cause);
  } finally {
    await file?.close();
  }
}

async function isThere(target: string, name: string): Promise<boolean> {
  try {
    if ((await lstat(target)).isFile()) return true;
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw cause;
  }
  throw foreign(name);
}

function foreign(name: string): WorkspaceError {
  return new WorkspaceError(
    "OUTPUT_FOREIGN",
    `${quote(name)} is in the output folder and was not written by Colophon`,
    {
      hint: "Move it away, or name another output folder.",
    },
  );
}
