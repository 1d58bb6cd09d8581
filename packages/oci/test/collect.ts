/** Everything that a sequence gives, in its order. */
export async function collect<T>(sequence: AsyncIterable<T>): Promise<readonly T[]> {
  const collected: T[] = [];
  for await (const item of sequence) collected.push(item);
  return collected;
}
