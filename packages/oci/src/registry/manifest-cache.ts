/** What never changes, by its digest: the oldest goes first once all together are too large. */
export interface ManifestCache<T> {
  get(key: string): T | undefined;
  add(key: string, value: T): void;
}

export function createManifestCache<T extends { readonly size: number }>(mostBytes: number): ManifestCache<T> {
  const held = new Map<string, T>();
  let bytes = 0;
  return {
    get: (key) => held.get(key),
    add(key, value) {
      if (held.has(key)) return;
      held.set(key, value);
      bytes += value.size;
      for (const [oldest, { size }] of held) {
        if (bytes <= mostBytes) break;
        held.delete(oldest);
        bytes -= size;
      }
    },
  };
}
