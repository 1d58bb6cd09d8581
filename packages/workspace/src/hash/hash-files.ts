import { stat } from "node:fs/promises";
import { unreadable } from "../fault.ts";
import type { FoundFile } from "../files/find-files.ts";
import {
  DEFAULT_ALGORITHMS,
  digestFile,
  newBuffer,
  type FileDigest,
  type HashAlgorithm,
  type Located,
} from "./digest-file.ts";
import { hashInWorkers } from "./worker-pool.ts";

/** Bytes that are hashed in less time than threads need to start. */
const FEW_BYTES = 32 * 1024 * 1024;

export interface HashedFile extends FoundFile, FileDigest {}

/** How far hashing has come. */
export interface HashProgress {
  readonly files: number;
  readonly bytes: number;
}

/**
 * The sha256 and sha512 of each file, in the order given, each read once. Many bytes in several files are hashed on as
 * many threads as there are processors. Throws what hashFile throws, for any of the files.
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
  if (files.length > 1 && sizes.reduce((sum, size) => sum + size, 0) > FEW_BYTES) {
    await hashInWorkers(
      order.map(({ file }) => file),
      algorithms,
      done,
    );
  } else {
    const buffer = newBuffer();
    for (const [at, { file }] of order.entries()) done(at, await digestFile(file, algorithms, buffer));
  }
  return files.flatMap((file, index) => {
    const digest = digests.get(index);
    return digest === undefined ? [] : [{ ...file, ...digest }];
  });
}

async function sizeOf({ path, location }: Located): Promise<number> {
  try {
    return (await stat(location)).size;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
