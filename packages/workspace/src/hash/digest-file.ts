import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, realpath, type FileHandle } from "node:fs/promises";
import type { DigestSet } from "@colophon/core";
import { WorkspaceError } from "../error.ts";
import { unreadable } from "../fault.ts";
import { quote } from "../name.ts";

/** Bytes that are read at a time: more makes hashing no faster. */
const CHUNK_BYTES = 1024 * 1024;

export type HashAlgorithm = "sha256" | "sha384" | "sha512";

/** What statements tell of a file: sha256 for GitHub and OCI, sha512 for npm. */
export const DEFAULT_ALGORITHMS: readonly HashAlgorithm[] = ["sha256", "sha512"];

export interface FileDigest {
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly digest: DigestSet;
}

/**
 * The sha256 and sha512 of a file, read once in pieces of a megabyte, a symbolic link followed. Throws WorkspaceError:
 * FILE_MISSING, FILE_REFUSED, FILE_UNREADABLE, or FILE_CHANGED where it was written to meanwhile.
 */
export async function hashFile(path: string): Promise<FileDigest> {
  try {
    return await digestFile({ path, location: await realpath(path) }, DEFAULT_ALGORITHMS, newBuffer());
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export function newBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(CHUNK_BYTES);
}

/** Where a file is, symbolic links resolved, and its path for messages. */
export interface Located {
  readonly path: string;
  readonly location: string;
}

/** The digests of a file. The buffer is written over. Throws as `hashFile`. */
export async function digestFile(
  { path, location }: Located,
  algorithms: readonly HashAlgorithm[],
  buffer: Buffer,
): Promise<FileDigest> {
  let file: FileHandle | undefined;
  try {
    // Not blocking, so that a named pipe in place of a file cannot hold the reader up.
    file = await open(location, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) throw new WorkspaceError("FILE_REFUSED", `${quote(path)} is not a regular file`);
    const size = Number(before.size);
    const hashes = algorithms.map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
    let length = 0;
    // Past its size too, where a file that grows shows; and not for as long as it grows.
    while (length <= size) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
      const piece = buffer.subarray(0, bytesRead);
      for (const { hash } of hashes) hash.update(piece);
    }
    const after = await file.stat({ bigint: true });
    if (length !== size || after.size !== before.size || after.mtimeNs !== before.mtimeNs) throw changed(path);
    return { size, digest: Object.fromEntries(hashes.map(({ algorithm, hash }) => [algorithm, hash.digest("hex")])) };
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await file?.close();
  }
}

function changed(path: string): WorkspaceError {
  return new WorkspaceError("FILE_CHANGED", `${quote(path)} was written to while it was hashed`, {
    hint: "Let the build end before its files are attested.",
  });
}
