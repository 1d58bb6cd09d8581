import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

const LONGEST = 65_536;

/** Takes a stream's lines as they come; of a line without end the first 65,536 characters. */
export async function readLines(stream: Readable, take: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let line = "";
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const [more = "", ...next] = decoder.write(chunk).split(/\r?\n|\r/);
    line = `${line}${more}`.slice(0, LONGEST);
    for (const started of next) {
      take(line);
      line = started.slice(0, LONGEST);
    }
  }
  if (line !== "") take(line);
}
