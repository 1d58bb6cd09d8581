import { readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { hashFiles, parseArtifacts, roleOf } from "@colophon/config/emission";
import type { PlannedSubject } from "@colophon/core";
import { EGORELEASER } from "./definitions/errors.ts";
import { releaseError } from "./release-error.ts";

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * What GoReleaser made to be uploaded to the release, by the names that it gives there: `artifacts.json` in its folder
 * says so. Rejects with EGORELEASER, or GoreleaserError for a list that is none.
 */
export async function readGoreleaser(folder: string, cwd: string): Promise<readonly PlannedSubject[]> {
  const list = `${folder}/artifacts.json`;
  const assets = parseArtifacts(await readList(list, cwd)).filter((artifact) => roleOf(artifact) === "asset");
  const root = await realpath(cwd);
  const files = await Promise.all(
    assets.map(async ({ name, path }) => {
      const location = await realpath(resolve(cwd, path)).catch(() => undefined);
      if (location === undefined || !isBelow(root, location))
        throw releaseError(EGORELEASER, { list, why: `it names \`${path}\`, which is not there` });
      return { name, path, location };
    }),
  );
  const hashed = await hashFiles(files);
  return hashed.map(({ name, path, digest }) => ({ name, digest, from: "file", path }));
}

async function readList(list: string, cwd: string): Promise<string> {
  const path = join(cwd, list);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw releaseError(EGORELEASER, { list, why: "it is not there" });
  if (found.size > MAX_BYTES) throw releaseError(EGORELEASER, { list, why: `it has over ${MAX_BYTES} bytes` });
  return await readFile(path, "utf8");
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
