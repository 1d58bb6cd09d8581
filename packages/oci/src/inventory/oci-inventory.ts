import type { Inventory } from "@colophon/core";
import { answered } from "../reason.ts";
import { parseRepository } from "../reference.ts";
import type { Registry } from "../registry/registry.ts";
import { emptyPage, gapOf, keyOf } from "./page.ts";

/**
 * Lists what the tags of a repository lead to, each manifest once: images, indexes, charts and other artifacts, in
 * pages of 100 by digest, so that a page's key is where to go on though tags have moved meanwhile. What cannot be
 * listed is a gap, never an exception.
 */
export function createOciInventory({ registry }: { readonly registry: Registry }): Inventory {
  return {
    channel: "oci",
    async *list(target, after) {
      const repository = await answered(target.name, async () => parseRepository(target.name));
      if (!repository.ok) {
        yield { ...emptyPage(keyOf(target)), gaps: [gapOf(target.name, repository.reason)] };
        return;
      }
      // semver takes long to load, and reading attestations needs none of it.
      const { listPages } = await import("./list-pages.ts");
      yield* listPages(registry, repository.value, target, after);
    },
  };
}
