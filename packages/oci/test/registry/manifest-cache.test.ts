import { expect, test } from "vitest";
import { createManifestCache } from "../../src/registry/manifest-cache.ts";

test("holds so many bytes, and lets go of the oldest first", () => {
  const cache = createManifestCache<{ readonly size: number }>(10);
  for (const key of ["a", "b", "b", "c"]) cache.add(key, { size: 4 });
  expect(["a", "b", "c"].map((key) => cache.get(key)?.size)).toEqual([undefined, 4, 4]);
  cache.add("d", { size: 11 });
  expect(["b", "c", "d"].map((key) => cache.get(key))).toEqual([undefined, undefined, undefined]);
});
