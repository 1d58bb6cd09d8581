import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { objectAt } from "@colophon/core";
import type { TUF } from "@sigstore/tuf";
import { keysOf, readSeeds } from "./seeds.ts";
import { parseTrustedRoot } from "./trusted-root.ts";
import { registryHostOfTarget } from "./registry-keys.ts";
import type { TrustMaterialText } from "./trust-root.ts";
import { withinTime } from "./within-time.ts";

/** For all requests of one load together, and for each of them, in milliseconds. */
const MAX_LOAD_MS = 10_000;
const MAX_REQUEST_MS = 5_000;
const TRUSTED_ROOT = "trusted_root.json";

export interface TufOptions {
  /** Folder of the client's cache; absent: the user's own data folder. */
  readonly cachePath?: string;
  /** Absent: the public-good repository. */
  readonly mirrorUrl?: string;
  /** The repository's root of trust; absent: the public-good one that is bundled. */
  readonly rootPath?: string;
  /** Told the host once for each load: the client opens its own sockets. */
  readonly onRequest?: (host: string) => void;
}

/** Loads trust root and registry keys from a TUF repository (TUF 1.0), within 10 s. Throws what went wrong. */
export async function trustFromTuf(options: TufOptions): Promise<TrustMaterialText> {
  const seeds = await readSeeds();
  const mirrorUrl = (options.mirrorUrl ?? seeds.mirrorUrl).replace(/\/+$/, "");
  const { host } = new URL(mirrorUrl);
  options.onRequest?.(host);
  return await withRoot(options.rootPath, seeds.root, async (rootPath) => {
    const names = [...seeds.targets.keys()];
    return await withinTime(load({ ...options, mirrorUrl, rootPath }, host, names), MAX_LOAD_MS, host);
  });
}

/** Where the user gives no root, the bundled one stands in for it in a file, as the client wants one. */
async function withRoot<Result>(
  given: string | undefined,
  bundled: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  if (given !== undefined) return await use(given);
  const folder = await mkdtemp(join(tmpdir(), "colophon-tuf-"));
  try {
    await writeFile(join(folder, "root.json"), bundled);
    return await use(join(folder, "root.json"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function load(
  options: TufOptions & { readonly mirrorUrl: string; readonly rootPath: string },
  host: string,
  known: readonly string[],
): Promise<TrustMaterialText> {
  const { initTUF } = await import("@sigstore/tuf");
  const { cachePath, mirrorUrl, rootPath } = options;
  const tuf = await initTUF({
    mirrorURL: mirrorUrl,
    rootPath,
    timeout: MAX_REQUEST_MS,
    retry: false,
    ...(cachePath !== undefined && { cachePath }),
  });
  const names = cachePath === undefined ? known : await listTargets(cachePath, mirrorUrl);
  return {
    trustedRoots: [await parseTrustedRoot(await tuf.getTarget(TRUSTED_ROOT))],
    registryKeys: keysOf(await getKeyTargets(tuf, names)),
    warnings: [],
    description: `the trust root of the TUF repository ${host}`,
  };
}

async function getKeyTargets(tuf: TUF, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>();
  for (const name of names) {
    if (registryHostOfTarget(name) !== undefined) targets.set(name, await tuf.getTarget(name));
  }
  return targets;
}

/** The client has verified this metadata and keeps it there, but has no call that lists targets. */
async function listTargets(cachePath: string, mirrorUrl: string): Promise<readonly string[]> {
  const { host, pathname } = new URL(mirrorUrl);
  const folder = encodeURIComponent(host + pathname.replace(/\/$/, ""));
  const metadata: unknown = JSON.parse(await readFile(join(cachePath, folder, "targets.json"), "utf8"));
  return Object.keys(objectAt(objectAt(metadata, "signed"), "targets") ?? {});
}
