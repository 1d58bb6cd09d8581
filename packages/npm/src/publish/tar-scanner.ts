import { Parser, type ReadEntry } from "tar";
import { MAX_MANIFEST_BYTES } from "./manifest.ts";
import { show } from "./show.ts";

const BLOCK = 512;
const ZEROS = Buffer.alloc(BLOCK);
const MAX_ENTRIES = 200_000;
const FILES = new Set(["File", "OldFile", "ContiguousFile"]);

export interface TarScanner {
  write(chunk: Buffer): void;
  /** The bytes of package.json, where there is one. */
  end(): Uint8Array | undefined;
}

/** Finds package.json in a tar as it comes. Both calls throw for a tar that is malformed, or means two things. */
export function createTarScanner(): TarScanner {
  const seen = new Set<string>();
  const pieces: Buffer[] = [];
  let found = false;
  let ended = false;
  let started = false;
  let fault: Error | undefined;
  let rest = Buffer.alloc(0);

  function take(entry: ReadEntry): void {
    const inside = pathInside(entry.path);
    if (inside !== "" && entry.type !== "Directory") {
      if (seen.has(inside)) throw new TypeError(`it holds ${show(inside)} twice`);
      seen.add(inside);
      if (seen.size > MAX_ENTRIES) throw new RangeError(`it holds more than ${MAX_ENTRIES} files`);
    }
    if (inside !== "package.json") return;
    if (!FILES.has(entry.type)) throw new TypeError(`its package.json is no file but a ${show(entry.type)}`);
    if (entry.size > MAX_MANIFEST_BYTES) throw new RangeError(`its package.json is longer than 1 MB`);
    found = true;
    entry.on("data", (piece: Buffer) => void pieces.push(piece));
  }

  const parser = new Parser({
    strict: true,
    onReadEntry(entry) {
      try {
        take(entry);
      } catch (error) {
        fault ??= error as Error;
      }
      // Entries flow while they are written, so that nothing has to wait.
      entry.resume();
    },
  });
  parser.on("error", (error: Error) => (fault ??= error));
  parser.on("eof", () => (ended = true));

  /** Whole blocks; one by one where the end may be among them, since the parser passes over what follows it. */
  function feed(blocks: Buffer): void {
    if (!started) refuseCompressed(blocks);
    started = true;
    const step = ended || blocks.includes(ZEROS) ? BLOCK : blocks.length;
    for (let at = 0; at < blocks.length; at += step) {
      const block = blocks.subarray(at, at + step);
      if (!ended) parser.write(block);
      else if (!block.equals(ZEROS)) fault ??= new TypeError("there is something behind its end");
      if (fault !== undefined) throw fault;
    }
  }

  return {
    write(chunk) {
      const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const whole = all.length - (all.length % BLOCK);
      rest = Buffer.from(all.subarray(whole));
      if (whole > 0) feed(all.subarray(0, whole));
    },
    end() {
      if (rest.length > 0 || !started) throw new TypeError("it does not end where a tar does");
      parser.end();
      if (fault !== undefined) throw fault;
      return found ? Buffer.concat(pieces) : undefined;
    },
  };
}

/** The path below the top folder, as npm unpacks it. A backslash parts folders too, on one system. */
function pathInside(path: string): string {
  const parts = path.split(/[\\/]/);
  if (parts.includes("..") || parts[0] === "" || /^[A-Za-z]:/.test(path)) {
    throw new TypeError(`it holds ${show(path)}, which leads out of it`);
  }
  return parts
    .slice(1)
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

/** The parser would decompress once more, past every limit. */
function refuseCompressed(start: Buffer): void {
  const magic = start.readUInt32BE(0);
  if (magic >>> 16 === 0x1f8b || magic === 0x28b52ffd) throw new TypeError("it is compressed twice");
}
