import type { Inventory, ReleaseObject, Store } from "@colophon/core";
import type { HostCounts } from "@colophon/http";
import type { HashedArchive } from "@colophon/oci";
import { namedHosts } from "./named-hosts.ts";

export interface HelmRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly offline: boolean;
  readonly userAgent: string;
  /** Repositories and charts that the user named: their hosts may be on this machine. */
  readonly named: readonly { readonly name: string; readonly query?: string }[];
  /** Where charts in OCI registries are listed. */
  readonly images: Inventory;
  readonly maxRequests?: number;
}

/** Helm repositories, wired. */
export interface Helm {
  readonly inventory: Inventory;
  /** What lies beside archives. */
  readonly store: Store;
  /** Reads the archive of a chart in a classic repository. */
  readonly hash: (object: ReleaseObject) => Promise<HashedArchive>;
  readonly requests: () => Readonly<Record<string, HostCounts>>;
  readonly close: () => Promise<void>;
}

export async function openHelm({ env, offline, userAgent, named, images, maxRequests }: HelmRequest): Promise<Helm> {
  const { createHelmInventory, createSidecarStore, hashArchive } = await import("@colophon/oci");
  const { createHttp } = await import("@colophon/http");
  const hosts = named.flatMap(({ name }) => URL.parse(name)?.host || []);
  const http = createHttp({
    userAgent,
    offline,
    ...namedHosts([...new Set(hosts)], env),
    ...(maxRequests === undefined ? {} : { maxRequests }),
  });
  const queries = named.flatMap(({ name, query }) => (query === undefined ? [] : [[name, `?${query}`] as const]));
  return {
    inventory: createHelmInventory({ http, images, queries: new Map(queries) }),
    store: createSidecarStore({ http }),
    hash: (object) => hashArchive(http, object),
    requests: () => http.counts(),
    close: () => http.close(),
  };
}
