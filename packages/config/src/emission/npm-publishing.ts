import type { Publisher, RequestCounts, TrustRank } from "@colophon/core";
import type { PackScripts } from "@colophon/npm/publish";
import { createNpmPublisher, type PublisherRequest, type RegistryProvenance } from "./npm-publisher.ts";
import { openNpm, openRegistries, type NpmRequest } from "../npm.ts";

export interface NpmPublishingRequest extends Omit<NpmRequest, "cacheDir" | "maxRequests"> {
  readonly tool: "npm" | "pnpm";
  /** Passed on to `publish` as they are. */
  readonly args: readonly string[];
  /** Lifecycle scripts that packing runs. */
  readonly scripts: PackScripts;
  /** Milliseconds to wait for a registry that lags. */
  readonly patienceMs: number;
  /** Takes each line that the tool prints, without secrets. */
  readonly onLine: (line: string) => void;
}

/** The npm world's publishing half, wired. */
export interface NpmPublishing {
  readonly registryOf: (packageName: string) => string;
  /** Whether npm's configuration has credentials for that registry; a `${NAME}` that nothing stands for is none. */
  readonly hasCredentials: (packageName: string) => boolean;
  /** Whether npm's configuration has it make provenance; a package's own `publishConfig` goes before it. */
  readonly asksForProvenance: boolean;
  /**
   * The most that consumers may see of a release: with an identity both tools first try to publish as a trusted publisher,
   * whatever token there is, and only the registry knows whether the package has one.
   */
  readonly rankOf: (provenance: RegistryProvenance, hasIdentity: boolean) => TrustRank;
  /** Path of the tarball. Rejects with NpmError. */
  readonly pack: (folder: string, destination: string) => Promise<string>;
  /** Whether the tool takes our bundle; its version otherwise. */
  readonly refusesBundle: () => Promise<string | undefined>;
  readonly publisher: (request: PublisherRequest) => Publisher;
  readonly requests: () => RequestCounts;
  readonly close: () => Promise<void>;
}

/** Rejects with NpmError where npm's configuration cannot be read. */
export async function openNpmPublishing(request: NpmPublishingRequest): Promise<NpmPublishing> {
  const { tool, args, scripts, env, cwd, patienceMs, onLine } = request;
  const { canTakeProvenanceFile, createNpmPublication, packPackage, publishTarball, toolVersion } =
    await import("@colophon/npm/publish");
  const opened = await openRegistries(request);
  const { http, npmConfig } = opened;
  const reader = await openNpm(request, opened);
  const publication = createNpmPublication({ http, config: npmConfig });
  const run = { tool, env, onLine };
  return {
    registryOf: (name) => npmConfig.registryFor(name).url,
    hasCredentials: (name) => {
      const { credentials } = npmConfig.registryFor(name);
      return credentials !== undefined && !/\$\{\w+\}/.test(credentials.authorization);
    },
    asksForProvenance: npmConfig.provenance,
    rankOf: (provenance, hasIdentity) =>
      provenance === "none" ? "none" : hasIdentity ? "trusted-publisher" : "provenance",
    pack: (folder, destination) => packPackage({ ...run, folder, destination, scripts }),
    refusesBundle: async () => {
      const version = await toolVersion({ ...run, cwd });
      return tool === "npm" && canTakeProvenanceFile(version) ? undefined : `${tool} ${version}`;
    },
    publisher: (asked) =>
      createNpmPublisher({ ...asked, ...run, cwd, args, patienceMs, publication, publishTarball, reader }),
    requests: () => http.counts(),
    close: () => http.close(),
  };
}
