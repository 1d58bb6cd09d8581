import { homedir } from "node:os";
import { join } from "node:path";
import type { Verifier, Warning } from "@colophon/core";
import { createTrustSource, createVerifier, type ConfiguredKey, type TrustRoot } from "@colophon/sigstore";
import type { Config } from "./config.ts";

export interface TrustRequest {
  readonly config: Config;
  /** Sigstore trusted root file; ranks above the configuration's. */
  readonly trustedRootFile?: string;
  readonly keys: readonly ConfiguredKey[];
  readonly offline: boolean;
  readonly cacheDir: string;
}

/** Authentication, wired: nothing is loaded before the first proof needs it. */
export interface Trust {
  readonly verifier: Verifier;
  /** Hosts of the registries of which the trust root holds a key. */
  readonly keyedRegistries: () => Promise<readonly string[]>;
  readonly warnings: () => readonly Warning[];
  /** Hosts that the trust root was asked from, once for each request. */
  readonly requested: () => readonly string[];
}

export function openTrust({ config, trustedRootFile, keys, offline, cacheDir }: TrustRequest): Trust {
  const requested: string[] = [];
  let loaded: TrustRoot | undefined;
  const file = trustedRootFile ?? config.trustedRootFile;
  const source = createTrustSource({
    ...(file === undefined ? {} : { trustedRootFile: file }),
    registryKeyFiles: config.registryKeyFiles,
    offline,
    tufCacheDir: join(cacheDir, "tuf"),
    onRequest: (host) => requested.push(host),
  });
  const load = async (): Promise<TrustRoot> => (loaded = await source.load());
  return {
    verifier: createVerifier({ trust: { load }, keys }),
    keyedRegistries: async () => [...new Set((await load()).registryKeys.map(({ host }) => host))],
    warnings: () => loaded?.warnings ?? [],
    requested: () => requested,
  };
}

/** Where Colophon keeps what it may forget: `XDG_CACHE_HOME/colophon`, else `~/.cache/colophon`. */
export function defaultCacheDir(env: Readonly<Record<string, string | undefined>>): string {
  const base = env["XDG_CACHE_HOME"];
  return base === undefined || base === ""
    ? join(env["HOME"] ?? homedir(), ".cache", "colophon")
    : join(base, "colophon");
}
