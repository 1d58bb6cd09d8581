import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { NpmError } from "../error.ts";
import { invalid, parseManifest, type PackedManifest } from "./manifest.ts";
import { show } from "./show.ts";
import { createTarScanner } from "./tar-scanner.ts";

const MAX_WIRE_BYTES = 512 * 1024 * 1024;
const MAX_BYTES = 2 * 1024 * 1024 * 1024;

/**
 * Reads the package.json of a package tarball (.tgz), `<top>/package.json`, as npm finds it: behind the first part of
 * its path. Nothing is unpacked. At most 512 MB, 2 GB decompressed, and 1 MB of package.json. Throws
 * TARBALL_UNREADABLE, MANIFEST_MISSING or MANIFEST_INVALID; a tarball that two readers could read differently is
 * unreadable.
 */
export async function readTarballManifest(path: string): Promise<PackedManifest> {
  const what = show(path);
  const bytes = await scan(path, what);
  if (bytes === undefined) {
    const hint = "A package tarball holds package/package.json: make it with npm pack, or the workspace's own tool.";
    throw new NpmError("MANIFEST_MISSING", `${what} holds no package.json`, { hint });
  }
  const manifest = parseManifest(bytes, `package.json of ${what}`);
  if (manifest.version === undefined) throw invalid(`package.json of ${what} has no version`);
  return { ...manifest, version: manifest.version };
}

/** The package.json's bytes. */
async function scan(path: string, what: string): Promise<Uint8Array | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const size = await checkSize(file);
    const scanner = createTarScanner();
    const gunzip = createGunzip();
    let length = 0;
    const sink = new Transform({
      transform(chunk: Buffer, _, done) {
        length += chunk.length;
        try {
          if (length > MAX_BYTES) throw new RangeError(`it has more than ${MAX_BYTES} bytes decompressed`);
          scanner.write(chunk);
          done();
        } catch (error) {
          done(error as Error);
        }
      },
    });
    await pipeline(file.createReadStream({ autoClose: false, start: 0 }), gunzip, sink.resume());
    // Zeros behind the end of gzip's data are passed over in silence.
    if (gunzip.bytesWritten !== size) throw new TypeError("there is something behind its end");
    return scanner.end();
  } catch (cause) {
    if (cause instanceof NpmError) throw cause;
    throw unreadable(what, cause);
  }
}

async function checkSize(file: FileHandle): Promise<number> {
  const stat = await file.stat();
  if (!stat.isFile()) throw new TypeError("it is no file");
  if (stat.size > MAX_WIRE_BYTES) throw new RangeError(`it has more than ${MAX_WIRE_BYTES} bytes`);
  return stat.size;
}

function unreadable(what: string, cause: unknown): NpmError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code === undefined || code.startsWith("TAR_") ? message : code.startsWith("Z_") ? "not gzip" : code;
  return new NpmError("TARBALL_UNREADABLE", `${what} is no package tarball that can be read: ${show(why)}`, {
    hint: "Check the path, and pack again.",
    cause,
  });
}
