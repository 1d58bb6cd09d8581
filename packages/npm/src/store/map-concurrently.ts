/** Maps with so many calls under way at most, and yields what is ready first. Nothing new starts before it is wanted. */
export async function* mapConcurrently<T, U>(
  items: Iterable<T>,
  most: number,
  map: (item: T) => Promise<U>,
): AsyncGenerator<U> {
  const underWay = new Set<Promise<{ readonly value: U; readonly self: () => Promise<unknown> }>>();
  const rest = items[Symbol.iterator]();
  const fill = (): void => {
    while (underWay.size < most) {
      const next = rest.next();
      if (next.done === true) return;
      const call: Promise<{ readonly value: U; readonly self: () => Promise<unknown> }> = map(next.value).then(
        (value) => ({ value, self: () => call }),
      );
      underWay.add(call);
    }
  };
  for (fill(); underWay.size > 0; fill()) {
    const ready = await Promise.race(underWay);
    for (const call of underWay) if (ready.self() === call) underWay.delete(call);
    yield ready.value;
  }
}
