import { NpmError } from "../error.ts";

export const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** One JSON value that may stretch over many chunks. */
export interface Span {
  /** Begins at the value's first byte; of its text at most so many bytes are kept. */
  open(firstByte: number, keepAtMost: number): void;
  /** Reads on from `start`. Returns the index behind the value, or -1 where it does not end in this chunk. */
  read(chunk: Uint8Array, start: number): number;
  /** The value's bytes; undefined where they are more than what is kept. */
  bytes(): Uint8Array | undefined;
}

/** Finds where values end by their quotes and brackets alone; whether they are JSON is for `JSON.parse` to say. */
export function createSpan(): Span {
  let scalar = false;
  let depth = 0;
  let quoted = false;
  let escaped = false;
  let most = 0;
  let kept: Uint8Array[] = [];
  let length = 0;

  function endIn(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (quoted) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          quoted = false;
          if (depth === 0) return at + 1;
        }
      } else if (byte === QUOTE) quoted = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth -= 1;
        if (depth === 0) return at + 1;
      }
    }
    return -1;
  }

  return {
    open(firstByte, keepAtMost) {
      scalar = firstByte !== QUOTE && firstByte !== OPEN_BRACE && firstByte !== OPEN_BRACKET;
      most = keepAtMost;
      kept = [];
      length = 0;
    },
    read(chunk, start) {
      const end = scalar ? endOfScalar(chunk, start) : endIn(chunk, start);
      const part = chunk.subarray(start, end === -1 ? chunk.length : end);
      length += part.length;
      if (length <= most) kept.push(part);
      else kept = [];
      return end;
    },
    bytes: () => (length > most ? undefined : kept.length === 1 ? kept[0] : Buffer.concat(kept)),
  };
}

function endOfScalar(chunk: Uint8Array, start: number): number {
  for (let at = start; at < chunk.length; at += 1) {
    if (chunk[at] === COMMA || chunk[at] === CLOSE_BRACE || isSpace(chunk[at])) return at;
  }
  return -1;
}

/** Whitespace of JSON (RFC 8259 §2). */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Throws ANSWER_UNREADABLE where the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new NpmError("ANSWER_UNREADABLE", "it is not UTF-8", { cause });
  }
}
