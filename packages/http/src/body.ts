import { Readable, pipeline, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { HttpError } from "./error.ts";
import { showUrl, type HttpFailure } from "./failure.ts";

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

export interface BodyOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  /** Names what an error of the wire means. */
  readonly diagnose: (error: unknown) => HttpFailure;
}

/** A decoded body. Iterating it throws BODY_INTERRUPTED once it cannot be had whole; `failure` then tells why. */
export interface Body extends AsyncIterable<Uint8Array> {
  failure(): HttpFailure | undefined;
}

/**
 * Decodes a body (RFC 9110 §8.4) under one cap for its wire bytes and its decoded bytes. It holds no more than the
 * buffers of the streams.
 */
export function openBody(wire: AsyncIterable<Uint8Array>, options: BodyOptions): Body {
  let failure: HttpFailure | undefined;
  const fail = (reason: HttpFailure): HttpError => {
    failure ??= reason;
    return new HttpError("BODY_INTERRUPTED", failure.message, { failure });
  };
  return {
    failure: () => failure,
    async *[Symbol.asyncIterator]() {
      const plain = decode(capped(wire, options, options.diagnose, fail), options, fail);
      yield* capped(plain, options, () => unreadable(options.url, "cannot be decompressed"), fail);
    },
  };
}

type Fail = (reason: HttpFailure) => HttpError;

async function* capped(
  source: AsyncIterable<Uint8Array>,
  { url, maxBytes }: BodyOptions,
  diagnose: (error: unknown) => HttpFailure,
  fail: Fail,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of source) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw fail(tooLarge(url, maxBytes));
      yield chunk;
    }
  } catch (error) {
    throw error instanceof HttpError ? error : fail(diagnose(error));
  }
}

function decode(wire: AsyncIterable<Uint8Array>, { url, headers }: BodyOptions, fail: Fail): AsyncIterable<Uint8Array> {
  const coding = (headers["content-encoding"] ?? "").trim().toLowerCase();
  if (coding === "" || coding === "identity" || headers["content-length"] === "0") return wire;
  const create = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (!create) throw fail(unreadable(url, "has an unknown content encoding"));
  const decoder = create();
  // The error also destroys the decoder, whose reader gets it.
  pipeline(Readable.from(wire), decoder, () => {});
  return decoder;
}

/** What is said of a body over the cap. */
export function tooLarge(url: URL, maxBytes: number): HttpFailure {
  const message = `${showUrl(url)} answers with more than ${maxBytes} bytes`;
  const hint = `No more than ${maxBytes} bytes are accepted here. Ask the server's operator, or check the URL.`;
  return { code: "too-large", message, hint };
}

function unreadable(url: URL, what: string): HttpFailure {
  return { code: "unreadable", message: `the answer of ${showUrl(url)} ${what}`, hint: "Ask the server's operator." };
}
