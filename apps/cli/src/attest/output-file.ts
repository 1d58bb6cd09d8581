import { access, constants, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UsageError } from "../usage-error.ts";

/** Throws UsageError where the file of --output could not be written, before anything is signed. */
export async function checkOutputFile(path: string, cwd: string): Promise<void> {
  const target = resolve(cwd, path);
  const there = await stat(target).catch(() => undefined);
  if (there?.isDirectory() === true) throw unwritable(path, "it is a folder");
  await access(there === undefined ? dirname(target) : target, constants.W_OK).catch((cause: unknown) => {
    throw unwritable(path, codeOf(cause));
  });
}

export async function writeOutputFile(path: string, cwd: string, bundle: Uint8Array): Promise<void> {
  await writeFile(resolve(cwd, path), bundle).catch((cause: unknown) => {
    throw unwritable(path, codeOf(cause));
  });
}

function unwritable(path: string, why: string): UsageError {
  return new UsageError(
    `the bundle cannot be written to ${JSON.stringify(path)}: ${why}`,
    "Name a file with --output in a folder that is there.",
  );
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "unknown failure";
}
