import { resolve } from "node:path";
import { hashFiles } from "@colophon/config/emission";
import type { DigestSet, PlannedSubject } from "@colophon/core";

/** The digests that planned files have now; one that cannot be read is left out, and so counts as gone. */
export async function observeFiles(
  subjects: readonly PlannedSubject[],
  cwd: string,
): Promise<ReadonlyMap<string, DigestSet>> {
  const files = subjects.flatMap(({ name, path }) =>
    path === undefined ? [] : [{ name, path, location: resolve(cwd, path) }],
  );
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
