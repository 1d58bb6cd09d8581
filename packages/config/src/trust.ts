import { homedir } from "node:os";
import { join } from "node:path";
import type { Verifier, Warning } from "@colophon/core";
import type { ConfiguredKey, TrustRoot, TrustSource } from "@colophon/sigstore";
import type { Config } from "./config.ts";

export interface TrustRequest {
  readonly config: Config;
  /** Sigstore trusted root file; ranks above the configuration's. */
  readonly trustedRootFile?: string;
  readonly keys: readonly ConfiguredKey[];
  readonly offline: boolean;
  readonly cacheDir: string;
  /** Set where authentications are kept in the cache: identifies the program that makes them. */
  readonly build?: string;
}

/** Authentication, wired: nothing is loaded before the first proof needs it. */
export interface Trust {
  readonly verifier: Verifier;
  /** Hosts of the registries of which the trust root holds a key. */
  readonly keyedRegistries: () => Promise<readonly string[]>;
  readonly warnings: () => readonly Warning[];
  /** Hosts that the trust root was asked from, once for each request. */
  readonly requested: () => readonly string[];
  readonly close: () => Promise<void>;
}

export function openTrust(request: TrustRequest): Trust {
  const requested: string[] = [];
  let source: Promise<TrustSource> | undefined;
  let opened: ReturnType<typeof openVerifier> | undefined;
  let loaded: TrustRoot | undefined;
  const load = async (): Promise<TrustRoot> =>
    (loaded = await (await (source ??= openSource(request, (host) => requested.push(host)))).load());
  return {
    verifier: {
      authenticate: async (proof, claimed) =>
        await (await (opened ??= openVerifier(load, request))).verifier.authenticate(proof, claimed),
    },
    keyedRegistries: async () => [...new Set((await load()).registryKeys.map(({ host }) => host))],
    warnings: () => loaded?.warnings ?? [],
    requested: () => requested,
    close: async () => await (await opened)?.close(),
  };
}

async function openSource(
  { config, trustedRootFile, offline, cacheDir }: TrustRequest,
  onRequest: (host: string) => void,
): Promise<TrustSource> {
  const { createTrustSource } = await import("@colophon/sigstore");
  const file = trustedRootFile ?? config.trustedRootFile;
  return createTrustSource({
    ...(file === undefined ? {} : { trustedRootFile: file }),
    ...(config.tuf && { tufMirrorUrl: config.tuf.mirrorUrl, tufRootPath: config.tuf.rootPath }),
    registryKeyFiles: config.registryKeyFiles,
    offline,
    tufCacheDir: join(cacheDir, "tuf"),
    onRequest,
  });
}

async function openVerifier(
  load: () => Promise<TrustRoot>,
  { keys, cacheDir, build }: TrustRequest,
): Promise<{ readonly verifier: Verifier; readonly close: () => Promise<void> }> {
  const { createCachedVerifier, createParallelVerifier } = await import("@colophon/sigstore");
  const options = { trust: { load }, keys };
  const parallel = createParallelVerifier(options);
  const cache = build === undefined ? undefined : { folder: join(cacheDir, "authentications"), build };
  return {
    verifier: cache === undefined ? parallel : createCachedVerifier(parallel, options, cache),
    close: () => parallel.close(),
  };
}

/** Where Colophon keeps what it may forget: `XDG_CACHE_HOME/colophon`, else `~/.cache/colophon`. */
export function defaultCacheDir(env: Readonly<Record<string, string | undefined>>): string {
  const base = env["XDG_CACHE_HOME"];
  return base === undefined || base === ""
    ? join(env["HOME"] ?? homedir(), ".cache", "colophon")
    : join(base, "colophon");
}
