import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { DigestSet } from "@colophon/core";
import { WorkspaceError } from "../error.ts";
import { notRegular, unreadable } from "../fault.ts";
import { quote } from "../name.ts";

/** Bytes that are read at a time: more makes hashing no faster. */
const CHUNK_BYTES = 1024 * 1024;

export type HashAlgorithm = "sha256" | "sha384" | "sha512";

export interface FileDigest {
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly digest: DigestSet;
}

/** Where a file is, symbolic links resolved, and its path for messages. */
export interface Located {
  readonly path: string;
  readonly location: string;
}

export function newBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(CHUNK_BYTES);
}

/**
 * The digests of a file, which is read once, piece by piece into the buffer. It blocks its thread: to wait for each piece
 * would take a fifth more of processor time. Throws FILE_MISSING, FILE_REFUSED, FILE_UNREADABLE, FILE_CHANGED.
 */
export function digestFile(
  { path, location }: Located,
  algorithms: readonly HashAlgorithm[],
  buffer: Buffer,
): FileDigest {
  let file: number | undefined;
  try {
    // Not blocking, so that a named pipe in place of a file cannot hold the reader up.
    file = openSync(location, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const before = fstatSync(file, { bigint: true });
    if (!before.isFile()) throw notRegular(path);
    const size = Number(before.size);
    const hashes = algorithms.map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
    let length = 0;
    // Past its size too, where a file that grows shows; and not for as long as it grows.
    while (length <= size) {
      const count = readSync(file, buffer, 0, buffer.length, length);
      if (count === 0) break;
      length += count;
      const piece = buffer.subarray(0, count);
      for (const { hash } of hashes) hash.update(piece);
    }
    const after = fstatSync(file, { bigint: true });
    if (length !== size || after.size !== before.size || after.mtimeNs !== before.mtimeNs) throw changed(path);
    return { size, digest: Object.fromEntries(hashes.map(({ algorithm, hash }) => [algorithm, hash.digest("hex")])) };
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function changed(path: string): WorkspaceError {
  return new WorkspaceError("FILE_CHANGED", `${quote(path)} was written to while it was hashed`, {
    hint: "Let the build end before its files are attested.",
  });
}
