import { join } from "node:path";
import type { DigestSet, Inventory, Reason, ReleaseObject, Store } from "@colophon/core";
import type { HostCounts, Http } from "@colophon/http";
import type { NpmConfig } from "@colophon/npm";
import type { Config } from "./config.ts";

export interface NpmRequest {
  readonly config: Config;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ranks above npm's own configuration. */
  readonly registry?: string;
  readonly offline: boolean;
  readonly userAgent: string;
  /** Absent: nothing is cached on disk. */
  readonly cacheDir?: string;
  readonly maxRequests?: number;
}

/** The npm world, wired. */
export interface Npm {
  readonly inventory: Inventory;
  readonly store: Store;
  readonly hash: (object: ReleaseObject) => Promise<{ readonly digest: DigestSet } | { readonly reason: Reason }>;
  /** URL of the registry that a package is asked for at, with a slash at the end. */
  readonly registryOf: (packageName: string) => string;
  readonly requests: () => Readonly<Record<string, HostCounts>>;
  readonly close: () => Promise<void>;
}

/** Reads npm's own configuration and opens its registries. Throws NpmError where that cannot be read. */
export async function openNpm(request: NpmRequest, opened?: OpenedRegistries): Promise<Npm> {
  // What a file or layout is verified with does not wait for what only the network needs.
  const { createNpmInventory, createNpmStore, fetchTarballDigest } = await import("@colophon/npm");
  const { http, npmConfig } = opened ?? (await openRegistries(request));
  const settingsOf = (url: string): Config["registries"][number] | undefined =>
    request.config.registries.find((one) => one.url === url);
  return {
    inventory: createNpmInventory({
      http,
      config: npmConfig,
      servedFor: (url) => settingsOf(url)?.serves ?? url,
      neverCarries: (url) => settingsOf(url)?.attestations === "never",
    }),
    store: createNpmStore({ http, config: npmConfig }),
    hash: (object) => fetchTarballDigest({ http, config: npmConfig }, object),
    registryOf: (packageName) => npmConfig.registryFor(packageName).url,
    requests: () => http.counts(),
    close: () => http.close(),
  };
}

export interface OpenedRegistries {
  readonly http: Http;
  readonly npmConfig: NpmConfig;
}

/** One client for all registries that npm's configuration names, whose credentials stay inside. */
export async function openRegistries(request: NpmRequest): Promise<OpenedRegistries> {
  const { createHttp } = await import("@colophon/http");
  const { readNpmConfig } = await import("@colophon/npm");
  const { cwd, env, registry, offline, userAgent, cacheDir, maxRequests } = request;
  const npmConfig = await readNpmConfig({ cwd, env, ...(registry === undefined ? {} : { registryFlag: registry }) });
  const http = createHttp({
    userAgent,
    offline,
    ...npmConfig.network,
    ...(cacheDir === undefined ? {} : { cacheDir: join(cacheDir, "http") }),
    ...(maxRequests === undefined ? {} : { maxRequests }),
  });
  return { http, npmConfig };
}
