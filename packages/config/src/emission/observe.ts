import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import type { DigestSet, PlannedSubject } from "@colophon/core";
import { hashFiles } from "@colophon/workspace";

/** The digests that planned files have now; one that cannot be read is left out, and so counts as gone. */
export async function observeFiles(
  subjects: readonly PlannedSubject[],
  cwd: string,
): Promise<ReadonlyMap<string, DigestSet>> {
  const found = subjects.map(async ({ name, path }) => {
    if (path === undefined) return [];
    const location = await realpath(resolve(cwd, path)).catch(() => undefined);
    return location === undefined ? [] : [{ name, path, location }];
  });
  const files = (await Promise.all(found)).flat();
  try {
    return new Map((await hashFiles(files)).map(({ name, digest }) => [name, digest]));
  } catch {
    return await observeOneByOne(files);
  }
}

/** Only to name the right ones: one that fails keeps all others from being hashed. */
async function observeOneByOne(
  files: readonly { readonly name: string; readonly path: string; readonly location: string }[],
): Promise<ReadonlyMap<string, DigestSet>> {
  const digests = new Map<string, DigestSet>();
  for (const file of files) {
    const hashed = await hashFiles([file]).catch(() => []);
    for (const { name, digest } of hashed) digests.set(name, digest);
  }
  return digests;
}
