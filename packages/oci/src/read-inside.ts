import { constants } from "node:fs";
import { open, realpath, type FileHandle } from "node:fs/promises";
import { join, sep } from "node:path";
import { OciError } from "./error.ts";

/** What is read: a file by its path below the layout's folder, and the most bytes of it. */
export interface InsideFile {
  /** The layout's folder, symbolic links resolved. */
  readonly root: string;
  readonly path: string;
  readonly most: number;
}

/**
 * Reads a regular file whole. Symbolic links are followed only where they stay inside the folder. Throws BLOB_MISSING,
 * BLOB_REFUSED, TOO_LARGE or LAYOUT_UNREADABLE, each naming the path.
 */
export async function readInside({ root, path, most }: InsideFile): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    const real = await realpath(join(root, path));
    if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) {
      throw new OciError("BLOB_REFUSED", `${path} is a symbolic link to outside of the layout`, {
        hint: "Copy the file into the layout.",
      });
    }
    // Not blocking, so that a named pipe in place of a file cannot hold the reader up.
    file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw new OciError("BLOB_REFUSED", `${path} is not a file`);
    if (stat.size > most) throw new OciError("TOO_LARGE", `${path} has ${stat.size} bytes, more than ${most}`);
    return await readBytes(file, stat.size);
  } catch (cause) {
    throw cause instanceof OciError ? cause : unreadable(path, cause);
  } finally {
    await file?.close();
  }
}

/** So many bytes and no more, even if the file grows meanwhile. */
async function readBytes(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(bytes, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

function unreadable(path: string, cause: unknown): OciError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown fault";
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new OciError("BLOB_MISSING", `${path} is not in the layout`, {
      hint: "Write the layout again with everything that it names.",
      cause,
    });
  }
  return new OciError("LAYOUT_UNREADABLE", `${path} cannot be read (${code})`, { cause });
}
