type Json = Record<string, unknown>;

/** A copy of the object with the value at that path replaced; undefined removes it. Fails where the path leads nowhere. */
export function alter(object: object, path: string, value: unknown): object {
  const copy: object = structuredClone(object);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let parent = copy as Json;
  for (const key of keys) {
    const next = parent[key];
    if (typeof next !== "object" || next === null) throw new Error(`nothing at ${key} of ${path}`);
    parent = next as Json;
  }
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

/** The value at that path. */
export function valueAt(object: object, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Json)[key], object);
}

/** Base64 with its first byte changed, still canonical. */
export function flip(base64: unknown): string {
  const bytes = Buffer.from(String(base64), "base64");
  bytes[0] = (bytes[0] ?? 0) ^ 0xff;
  return bytes.toString("base64");
}
