import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TufRepository } from "./tuf-repository.ts";

/** The host whose root Sigstore's clients carry with them. */
const PUBLIC_REPOSITORY = "tuf-repo-cdn.sigstore.dev";
/** Where `sigstore` (npm) keeps its cache below the home folder, on Linux and on macOS. */
const CACHES = [".local/share", "Library/Application Support"];

/**
 * Makes an npm with that home folder trust a repository of one's own where it would trust Sigstore's public one, as
 * `npm publish --provenance-file` does: a root that is cached goes before the one it carries. It still asks the public
 * host, which a TLS proxy has to send to the repository.
 */
export async function seedTufCache(home: string, repository: TufRepository): Promise<void> {
  for (const cache of CACHES) {
    const folder = join(home, cache, "sigstore-js", PUBLIC_REPOSITORY);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "root.json"), repository.root);
  }
}
