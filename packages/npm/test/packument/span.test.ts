import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createSpan, decodeUtf8, type Span } from "../../src/packument/span.ts";
import { collectedHeap } from "../collected-heap.ts";

function textOf(span: Span): string | undefined {
  const bytes = span.bytes();
  return bytes && decodeUtf8(bytes);
}

test.each([
  ['"a\\"}" rest', 6],
  ['{"a":"}"} rest', 9],
  ["[[],[{}]],1", 9],
  ["12,", 2],
  ["12}", 2],
  ["true\n", 4],
])("ends %j behind its value", (text, end) => {
  const bytes = Buffer.from(text);
  const span = createSpan();
  span.open(bytes[0] ?? 0, 100);
  expect(span.read(bytes, 0)).toBe(end);
  expect(textOf(span)).toBe(text.slice(0, end));
});

test("goes on in the next chunk, in the middle of an escape too", () => {
  const span = createSpan();
  span.open(0x22, 100);
  expect(span.read(Buffer.from('x"a\\'), 1)).toBe(-1);
  expect(span.read(Buffer.from('"é"z'), 0)).toBe(4);
  expect(textOf(span)).toBe('"a\\"é"');
});

test("begins anew after a value over the limit", () => {
  const span = createSpan();
  span.open(0x22, 3);
  span.read(Buffer.from('"ab"'), 0);
  expect(textOf(span)).toBeUndefined();
  span.open(0x22, 3);
  span.read(Buffer.from('"a"'), 0);
  expect(textOf(span)).toBe('"a"');
});

test("holds nothing of a value once it is over the limit", async () => {
  const span = createSpan();
  span.open(0x22, 100);
  span.read(Buffer.from('"'), 0);
  const chunks = [60, 60].map((length) => {
    const chunk = new Uint8Array(length).fill(0x61);
    span.read(chunk, 0);
    return new WeakRef(chunk.buffer);
  });
  // A WeakRef keeps what it refers to until the end of the turn that made it.
  await nextTurn();
  collectedHeap();
  expect(chunks.map((chunk) => chunk.deref())).toEqual([undefined, undefined]);
  expect(textOf(span)).toBeUndefined();
});
