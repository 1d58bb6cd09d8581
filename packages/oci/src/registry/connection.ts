import type { Credentials, Http } from "@colophon/http";
import type { RegistryCredentials } from "../credentials/read-credentials.ts";
import type { OciError } from "../error.ts";
import type { Repository } from "../reference.ts";
import type { FetchedManifest } from "./fetch-manifest.ts";
import type { ManifestCache } from "./manifest-cache.ts";

/** What all requests to registries share. */
export interface Connection {
  readonly http: Http;
  readonly credentials: RegistryCredentials;
  /** Registries that are asked without TLS, though they are not on this machine. */
  readonly plainHttp: ReadonlySet<string>;
  /** By registry, repository and actions: the authorization, or why there is none. */
  readonly authorizations: Map<string, Promise<Credentials | OciError>>;
  /** Repositories that have answered, as `formatRepository` writes them. */
  readonly known: Set<string>;
  /** By repository, its first list of referrers: it shows whether there is an API for them, so the others wait. */
  readonly firstReferrers: Map<string, Promise<unknown>>;
  /** Repositories whose registry has listed referrers by its API. */
  readonly withReferrers: Set<string>;
  /** Repositories whose registry has shown that it has no referrers API. */
  readonly withoutReferrers: Set<string>;
  readonly manifests: ManifestCache<FetchedManifest>;
  /** By repository, where the upload goes on that was begun to see whether one may write. */
  readonly uploads: Map<string, string>;
}

/**
 * Where a registry's API is, without a slash at the end. Docker Hub's is not at its name. Plain http on this machine
 * alone, unless asked for.
 */
export function originOf({ registry }: Pick<Repository, "registry">, plainHttp: ReadonlySet<string>): string {
  if (registry === "docker.io") return "https://registry-1.docker.io";
  return new URL(`${plainHttp.has(registry) || isLoopback(registry) ? "http" : "https"}://${registry}`).origin;
}

function isLoopback(registry: string): boolean {
  return /^(?:localhost|[a-z0-9.-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(registry);
}
