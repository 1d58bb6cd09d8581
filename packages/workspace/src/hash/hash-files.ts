import { realpath, stat } from "node:fs/promises";
import { unreadable } from "../fault.ts";
import type { FoundFile } from "../files/find-files.ts";
import { digestFile, newBuffer, type FileDigest, type HashAlgorithm, type Located } from "./digest-file.ts";
import { hashInWorkers } from "./worker-pool.ts";

/** What statements tell of a file: sha256 for GitHub and OCI, sha512 for npm. */
export const DEFAULT_ALGORITHMS: readonly HashAlgorithm[] = ["sha256", "sha512"];

/** Bytes that are hashed in less time than a thread needs to start, without one. */
const FEW_BYTES = 32 * 1024 * 1024;

/**
 * The sha256 and sha512 of a file, read once in pieces of a megabyte, a symbolic link followed. Throws WorkspaceError:
 * FILE_MISSING, FILE_REFUSED, FILE_UNREADABLE, or FILE_CHANGED where it was written to meanwhile.
 */
export async function hashFile(path: string): Promise<FileDigest> {
  const location = await realpath(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const [file] = await hashWith(DEFAULT_ALGORITHMS, [{ path, location }]);
  if (file === undefined) throw new TypeError("one file has one digest");
  return { size: file.size, digest: file.digest };
}

export interface HashedFile extends FoundFile, FileDigest {}

/** How far hashing has come. */
export interface HashProgress {
  readonly files: number;
  readonly bytes: number;
}

/**
 * The sha256 and sha512 of each file, in the order given, each read once, and of many bytes on as many threads as there
 * are processors. Throws what hashFile throws, for any of the files.
 */
export async function hashFiles(
  files: readonly FoundFile[],
  onProgress?: (progress: HashProgress) => void,
): Promise<readonly HashedFile[]> {
  return await hashWith(DEFAULT_ALGORITHMS, files, onProgress);
}

export async function hashWith<File extends Located>(
  algorithms: readonly HashAlgorithm[],
  files: readonly File[],
  onProgress?: (progress: HashProgress) => void,
): Promise<readonly (File & FileDigest)[]> {
  const sizes = await Promise.all(files.map(sizeOf));
  // The largest first, so that no thread is left with one when the others are done.
  const order = files.map((file, index) => ({ file, index, size: sizes[index] ?? 0 }));
  order.sort((left, right) => right.size - left.size);
  const digests = new Map<number, FileDigest>();
  let bytes = 0;
  const done = (at: number, digest: FileDigest): void => {
    digests.set(order[at]?.index ?? -1, digest);
    bytes += digest.size;
    onProgress?.({ files: digests.size, bytes });
  };
  if (sizes.reduce((sum, size) => sum + size, 0) > FEW_BYTES) {
    await hashInWorkers(
      order.map(({ file }) => file),
      algorithms,
      done,
    );
  } else {
    const buffer = newBuffer();
    for (const [at, { file }] of order.entries()) done(at, digestFile(file, algorithms, buffer));
  }
  return files.flatMap((file, index) => {
    const digest = digests.get(index);
    return digest === undefined ? [] : [{ ...file, ...digest }];
  });
}

/** Why a file cannot be looked at is said when it is hashed. */
async function sizeOf({ location }: Located): Promise<number> {
  return await stat(location).then(
    ({ size }) => size,
    () => 0,
  );
}
