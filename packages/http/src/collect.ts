import type { Body } from "./body.ts";
import { cacheKey, type Cache, type CacheEntry } from "./cache.ts";
import type { Consumer } from "./consumer.ts";
import type { CheckedRequest, HttpHead } from "./request.ts";

/** Takes the body whole. With a cache, GETs carry the validators of the stored answer (RFC 9110 §13.1). */
export function collectBytes(request: CheckedRequest, cache: Cache | undefined): Consumer<{ bytes: Uint8Array }> {
  const take = async (body: Body): Promise<{ bytes: Uint8Array }> => ({ bytes: await collect(body) });
  const origin = URL.parse(request.url)?.origin;
  const conditional = "if-none-match" in request.headers || "if-modified-since" in request.headers;
  return {
    repeatable: true,
    async prepare(sent) {
      // Elsewhere are signed URLs, which never come twice.
      const cacheable = request.method === "GET" && !conditional && sent.url.origin === origin;
      if (!cache || !cacheable) return { validators: {}, take };
      const key = cacheKey(sent);
      const entry = await cache.read(key, request.maxBytes);
      const validators = entry ? validatorsOf(entry) : {};
      return {
        validators,
        ...(entry && Object.keys(validators).length > 0 && { notModified: (head) => revive(head, entry) }),
        async take(body, head) {
          const taken = await take(body);
          if (isStorable(head)) await cache.write(key, { headers: head.headers, bytes: taken.bytes });
          return taken;
        },
      };
    },
  };
}

async function collect(body: Body): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const bytes = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function validatorsOf({ headers: { etag, "last-modified": date } }: CacheEntry): Record<string, string> {
  return {
    ...(isHeaderValue(etag) && { "if-none-match": etag }),
    ...(isHeaderValue(date) && { "if-modified-since": date }),
  };
}

function isHeaderValue(value: string | undefined): value is string {
  return value !== undefined && /^[\x20-\x7e\x80-\xff]{1,1000}$/.test(value);
}

function isStorable({ code, headers }: HttpHead): boolean {
  const forbidden = /\bno-store\b/i.test(headers["cache-control"] ?? "") || headers["vary"]?.trim() === "*";
  return code === 200 && !forbidden && (headers["etag"] !== undefined || headers["last-modified"] !== undefined);
}

/** A 304's headers renew the stored ones (RFC 9111 §3.2), but for those that describe its own, empty body. */
function revive(head: HttpHead, entry: CacheEntry): HttpHead & { bytes: Uint8Array } {
  const { "content-length": _length, "content-encoding": _coding, "content-type": _type, ...fresh } = head.headers;
  return { ...head, code: 200, from: "cache", headers: { ...entry.headers, ...fresh }, bytes: entry.bytes };
}
