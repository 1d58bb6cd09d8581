import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SentRequest } from "./consumer.ts";

/** An answer with status 200 as the disk keeps it. */
export interface CacheEntry {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** Stored answers. Whatever goes wrong with one, it is as if it were not there. */
export interface Cache {
  /**
   * The entry of a key; undefined when there is none, it is damaged, its body exceeds `maxBytes`, or its file is not
   * this user's alone to write.
   */
  read(key: string, maxBytes: number): Promise<CacheEntry | undefined>;
  write(key: string, entry: CacheEntry): Promise<void>;
}

const LONGEST_HEAD = 65_536;
const LARGEST_ENTRY = 32 * 1024 * 1024;

/** Key of an answer: its URL and every header that was sent, so that it never crosses identities. */
export function cacheKey({ url, headers }: SentRequest): string {
  const sent = Object.entries(headers).sort(([left], [right]) => (left < right ? -1 : 1));
  return sha256(JSON.stringify([url.href, sent]));
}

/** One file per entry: a line of JSON (`key`, `sha256` of the body, `headers`), then the body. Files are private. */
export function createCache(folder: string): Cache {
  return {
    async read(key, maxBytes) {
      try {
        const content = await readCapped(join(folder, key), maxBytes + LONGEST_HEAD);
        return content && parseEntry(key, content, maxBytes);
      } catch {
        return undefined;
      }
    },
    async write(key, { headers, bytes }) {
      const head = Buffer.from(`${JSON.stringify({ key, sha256: sha256(bytes), headers })}\n`);
      if (head.byteLength > LONGEST_HEAD || bytes.byteLength > LARGEST_ENTRY) return;
      const draft = join(folder, `${key}.${randomUUID()}`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(draft, Buffer.concat([head, bytes]), { mode: 0o600, flag: "wx" });
        await rename(draft, join(folder, key));
      } catch {
        await rm(draft, { force: true }).catch(() => {});
      }
    },
  };
}

async function readCapped(file: string, maxBytes: number): Promise<Buffer | undefined> {
  const handle = await open(file, "r");
  try {
    const { size, uid, mode } = await handle.stat();
    // What somebody else may have written is no answer that was got here.
    if (uid !== (process.getuid?.() ?? uid) || (process.platform !== "win32" && (mode & 0o022) !== 0)) return undefined;
    return size > maxBytes ? undefined : await handle.readFile();
  } finally {
    await handle.close();
  }
}

function parseEntry(key: string, content: Buffer, maxBytes: number): CacheEntry | undefined {
  const end = content.indexOf("\n");
  const head: unknown = JSON.parse(content.toString("utf8", 0, end));
  const bytes = new Uint8Array(content.subarray(end + 1));
  if (typeof head !== "object" || head === null || bytes.byteLength > maxBytes) return undefined;
  const { key: stored, sha256: digest, headers } = head as Record<string, unknown>;
  if (stored !== key || digest !== sha256(bytes) || typeof headers !== "object" || headers === null) return undefined;
  const texts = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return { headers: Object.fromEntries(texts), bytes };
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
