import type { Gap, Inventory, InventoryPage, Target } from "@colophon/core";
import type { Http } from "@colophon/http";
import type { NpmConfig } from "../config/read-config.ts";
import { readPackument } from "../packument/read-packument.ts";

export interface NpmInventoryOptions {
  readonly http: Http;
  readonly config: NpmConfig;
  /** URL of the registry whose packages a mirror or replay serves. Default: the registry itself. */
  readonly servedFor?: (registryUrl: string) => string;
  /** Whether the configuration says that a registry never has attestations. Default: of none. */
  readonly neverCarries?: (registryUrl: string) => boolean;
}

/**
 * Lists the published versions of packages, one page and one request for each. What cannot be listed is a gap of that
 * page, never an exception.
 */
export function createNpmInventory(options: NpmInventoryOptions): Inventory {
  return {
    channel: "npm",
    async *list(target, after) {
      const page = await listPackage(target, options);
      if (page.key !== after) yield page;
    },
  };
}

async function listPackage(target: Target, options: NpmInventoryOptions): Promise<InventoryPage> {
  const { http, config, servedFor = (url) => url, neverCarries = () => false } = options;
  const registry = config.registryFor(target.name);
  const key = `npm:${target.name}${target.range === undefined ? "" : `@${target.range}`}`;
  const answer = await readPackument(http, registry, target.name);
  if (!answer.ok) {
    const gap: Gap = { channel: "npm", target: target.name, reason: answer.reason };
    return { key, objects: [], withdrawn: [], gaps: [gap], warnings: [] };
  }
  // semver takes as long to load as all of this package: only a packument that came needs it.
  const { buildPage } = await import("./page.ts");
  return buildPage(answer.packument, {
    key,
    target,
    registryUrl: registry.url,
    servedFor: servedFor(registry.url),
    neverCarries: neverCarries(registry.url),
  });
}
