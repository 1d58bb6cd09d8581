import { homedir } from "node:os";
import type { Inventory, Member, ReleaseObject, Store } from "@colophon/core";
import type { HostCounts } from "@colophon/http";
import type { Answered } from "@colophon/oci";
import type { Config } from "./config.ts";
import { namedHosts } from "./named-hosts.ts";

export interface OciRequest {
  readonly config: Pick<Config, "attestationRepositories">;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly offline: boolean;
  readonly userAgent: string;
  /** Images and repositories that the user named: their registries may be on this machine, and there without TLS. */
  readonly named: readonly string[];
  readonly maxRequests?: number;
}

/** OCI registries, wired. */
export interface Oci {
  readonly inventory: Inventory;
  readonly store: Store;
  /** What each platform gets of an index, or why that cannot be read. */
  readonly platforms: (index: ReleaseObject) => Promise<Answered<readonly Member[]>>;
  readonly requests: () => Readonly<Record<string, HostCounts>>;
  readonly close: () => Promise<void>;
}

/**
 * Reads the logins of Docker and Podman. Attestations are looked for in the configured repositories too, and in the one
 * that cosign's COSIGN_REPOSITORY names. Rejects with OciError for a name that is none, or for files that cannot be read.
 */
export async function openOci(request: OciRequest): Promise<Oci> {
  const { config, env, offline, userAgent, named, maxRequests } = request;
  const { createOciInventory, createOciStore, createRegistry, ...oci } = await import("@colophon/oci");
  const { createHttp } = await import("@colophon/http");
  const cosigns = env["COSIGN_REPOSITORY"] || undefined;
  const elsewhere = [...config.attestationRepositories, ...(cosigns === undefined ? [] : [cosigns])].map(
    oci.parseRepository,
  );
  const places = [...named.map(oci.parseReference), ...elsewhere];
  const hosts = [...new Set(places.map(({ registry }) => registry))];
  const http = createHttp({
    userAgent,
    offline,
    ...namedHosts(hosts, env),
    ...(maxRequests === undefined ? {} : { maxRequests }),
  });
  const credentials = await oci.readCredentials({ env, home: env["HOME"] ?? homedir() });
  const registry = createRegistry({ http, credentials });
  return {
    inventory: createOciInventory({ registry }),
    store: createOciStore({ registry, elsewhere }),
    platforms: (index) => oci.listPlatforms(registry, index),
    requests: () => http.counts(),
    close: () => http.close(),
  };
}

/**
 * The repository that an image's name means, and which of its images as `createOciInventory` takes it: `tag`, `digest`,
 * or `tag@digest`. Rejects with OciError for a name that is none.
 */
export async function readImageName(text: string): Promise<{ readonly repository: string; readonly range?: string }> {
  const { formatRepository, parseReference } = await import("@colophon/oci");
  const { tag, digest, ...repository } = parseReference(text);
  // Without either a repository is named, and `latest` is only what Docker would pull.
  const isNamed = /[@]|:[^/]*$/.test(text.replace(/^oci:\/\//i, ""));
  const range = [...(tag === undefined || !isNamed ? [] : [tag]), ...(digest === undefined ? [] : [digest])].join("@");
  return { repository: formatRepository(repository), ...(range === "" ? {} : { range }) };
}
