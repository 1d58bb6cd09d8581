import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { WorkspaceError } from "../error.ts";

const MAX_BYTES = 64 * 1024 * 1024;

/** Which files of the folder Colophon wrote, over all runs. */
export interface Journal {
  /** Whether that content was written under that name. */
  has(name: string, sha256: string): boolean;
  /** Before the file gets its name, so that one left by a crash is known. */
  record(name: string, sha256: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the list of what was written: lines of a sha256, two blanks and a name. A line that a crash cut off counts for
 * nothing. Throws TOO_LARGE, or the fault of the operating system.
 */
export async function openJournal(path: string, shown: string): Promise<Journal> {
  const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  const file = await open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW);
  try {
    if ((await file.stat()).size > MAX_BYTES) {
      throw new WorkspaceError("TOO_LARGE", `the list of what was written into ${shown} is too long`, {
        hint: "Start with an empty output folder.",
      });
    }
    const lines = new Set((await file.readFile("utf8")).split("\n"));
    return {
      has: (name, sha256) => lines.has(`${sha256}  ${name}`),
      record: async (name, sha256) => {
        lines.add(`${sha256}  ${name}`);
        await file.appendFile(`\n${sha256}  ${name}`);
      },
      close: async () => await file.close(),
    };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}
