import { createReadStream } from "node:fs";

/** The text of a file, or of a pipe: one byte more than `maxBytes` at most, so that a longer one shows. */
export async function readStart(path: string, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: maxBytes })) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString("utf8");
}
