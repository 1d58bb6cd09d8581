import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { NpmError } from "../error.ts";
import { invalid, MAX_MANIFEST_BYTES, parseManifest, type PackageManifest } from "./manifest.ts";

/** Reads a folder's package.json, at most 1 MB. Throws MANIFEST_MISSING or MANIFEST_INVALID. */
export async function readFolderManifest(folder: string): Promise<PackageManifest> {
  const path = join(folder, "package.json");
  return parseManifest(await readCapped(path), path);
}

async function readCapped(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    // From a pipe under that name nothing might ever come.
    if (!(await file.stat()).isFile()) throw invalid(`${path} is no file`);
    // One byte more than what is allowed tells that there is more.
    const { buffer, bytesRead } = await file.read(new Uint8Array(MAX_MANIFEST_BYTES + 1));
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    if (cause instanceof NpmError) throw cause;
    const { code = "unknown error" } = cause as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw invalid(`${path} cannot be read: ${code}`, cause);
    const hint = "Name the folder that is published; where a build makes it, build first.";
    throw new NpmError("MANIFEST_MISSING", `${path} does not exist`, { hint, cause });
  }
}
