import { objectAt, stringAt } from "@colophon/core";
import { parseRegistryKeys, registryHostOfTarget } from "./registry-keys.ts";
import { newestStart, parseTrustedRoot } from "./trusted-root.ts";
import type { TrustMaterialText } from "./trust-root.ts";

const TRUSTED_ROOT = "trusted_root.json";

/** What `@sigstore/tuf` bundles of one TUF repository. */
export interface Seeds {
  readonly mirrorUrl: string;
  /** The repository's first root of trust, as text. */
  readonly root: string;
  /** Version of `@sigstore/tuf`. */
  readonly version: string;
  readonly targets: ReadonlyMap<string, string>;
}

/** Reads what is bundled, without loading the client or opening a socket. */
export async function readSeeds(): Promise<Seeds> {
  const [{ default: seeds }, { default: manifest }] = await Promise.all([
    import("@sigstore/tuf/seeds.json", { with: { type: "json" } }),
    import("@sigstore/tuf/package.json", { with: { type: "json" } }),
  ]);
  const [mirrorUrl, seed] = Object.entries<unknown>(seeds)[0] ?? [];
  const targets = Object.entries(objectAt(seed, "targets") ?? {});
  return {
    mirrorUrl: mirrorUrl ?? "",
    root: decode(stringAt(seed, "root.json") ?? ""),
    version: stringAt(manifest, "version") ?? "",
    targets: new Map(targets.map(([name, text]) => [decodeURIComponent(name), decode(String(text))])),
  };
}

/** The public-good trust root and registry keys that are bundled with this version. */
export async function trustFromSeeds(): Promise<TrustMaterialText> {
  const seeds = await readSeeds();
  const trustedRoot = await parseTrustedRoot(seeds.targets.get(TRUSTED_ROOT) ?? "");
  const newest = newestStart(trustedRoot)?.toISOString().slice(0, 10) ?? "an unknown day";
  return {
    trustedRoots: [trustedRoot],
    registryKeys: keysOf(seeds.targets),
    warnings: [],
    description: `the public-good trust root bundled with @sigstore/tuf ${seeds.version}, newest key from ${newest}`,
  };
}

/** Registry keys among a TUF repository's targets, by the targets' names. */
export function keysOf(targets: ReadonlyMap<string, string>): TrustMaterialText["registryKeys"] {
  return [...targets].flatMap(([name, text]) => {
    const host = registryHostOfTarget(name);
    return host === undefined ? [] : parseRegistryKeys(text, host, `the TUF target ${name}`);
  });
}

function decode(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}
