/** Chunks without end. */
export async function* endless(): AsyncGenerator<string> {
  for (;;) yield "a".repeat(65_536);
}

/** That text, and then the connection is gone. */
export async function* broken(text: string): AsyncGenerator<string> {
  yield text;
  await new Promise((resolve) => setImmediate(resolve));
  throw new Error("broken off");
}
