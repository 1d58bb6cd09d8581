import { join } from "node:path";
import type { Depository, NotDone } from "@colophon/core";
import { WorkspaceError } from "../error.ts";
import { openOutputFolder, type OutputFolder } from "./folder.ts";

/** A folder as a place for attestations, each under the name that it has in the output folder. */
export function createFolderDepository(folder: string): Depository {
  const inFolder = async <Result>(use: (opened: OutputFolder) => Promise<Result>): Promise<Result> => {
    const opened = await openOutputFolder(folder);
    try {
      return await use(opened);
    } finally {
      await opened.close();
    }
  };
  return {
    name: "folder",
    check: async () => {
      try {
        await inFolder(() => Promise.resolve());
        return [];
      } catch (cause) {
        return [refusalOf(cause)];
      }
    },
    deposit: async ({ bytes }, fileName) => {
      try {
        await inFolder((opened) => opened.write(fileName, bytes));
        return { status: "deposited", location: join(folder, fileName) };
      } catch (cause) {
        return refusalOf(cause);
      }
    },
    readBack: async (attestation, fileName) => {
      const bytes = await inFolder((opened) => opened.read(fileName));
      const location = join(folder, fileName);
      if (bytes === undefined)
        return { reason: { code: "deposit-gone", message: `${location} is not there any more` } };
      return { ...attestation, bytes, store: "folder", location, filed: "object" };
    },
  };
}

function refusalOf(cause: unknown): NotDone {
  if (!(cause instanceof WorkspaceError)) throw cause;
  const { code, message, hint } = cause;
  return { status: "refused", reason: { code, message, ...(hint === undefined ? {} : { hint }) } };
}
