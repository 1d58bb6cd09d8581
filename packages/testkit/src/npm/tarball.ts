import { gunzipSync, gzipSync } from "node:zlib";
import { TestkitError } from "../error.ts";
import { memberObject, type JsonObject } from "../json.ts";

const BLOCK = 512;
const LARGEST_ARCHIVE = 256 * 1024 * 1024;
/** The time that npm gives to every file of a tarball, 1985-10-26T08:15:00Z, in seconds. */
const MODIFIED = 499_162_500;

/** A gzipped tar (ustar) as `npm pack` makes it; the same files give the same bytes. */
export function buildTarball(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const content = Buffer.from(text);
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
    return [buildHeader(`package/${name}`, content.length), content, padding];
  });
  const archive = gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
  // The ninth byte names the operating system that packed: "unknown", for the same bytes everywhere.
  archive[9] = 255;
  return archive;
}

/** The smallest tarball of a version: its `package.json` alone. */
export function buildPackageTarball(manifest: JsonObject): Buffer {
  return buildTarball({ "package.json": `${JSON.stringify(manifest, undefined, 2)}\n` });
}

/** The `package.json` inside an npm tarball; throws `ARCHIVE_MALFORMED` where there is none. */
export function readPackageJson(tarball: Uint8Array): JsonObject {
  let archive: Buffer;
  try {
    archive = gunzipSync(tarball, { maxOutputLength: LARGEST_ARCHIVE });
  } catch (cause) {
    throw new TestkitError("ARCHIVE_MALFORMED", "the tarball is not gzipped", { cause });
  }
  for (let offset = 0; offset + BLOCK <= archive.length;) {
    const name = readText(archive, offset, 100);
    const size = Number.parseInt(readText(archive, offset + 124, 12), 8) || 0;
    const content = offset + BLOCK;
    if (/^[^/]+\/package\.json$/u.test(name)) {
      return memberObject(JSON.parse(archive.toString("utf8", content, content + size)));
    }
    offset = content + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new TestkitError("ARCHIVE_MALFORMED", "the tarball holds no package.json");
}

function buildHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write(`${MODIFIED.toString(8).padStart(11, "0")}\0`, 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\0", 257);
  header.write("00", 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function readText(archive: Buffer, offset: number, length: number): string {
  return archive.toString("utf8", offset, offset + length).replace(/\0.*$/su, "");
}
