import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Answer, InventoryPage, ReleaseObject, Target } from "@colophon/core";
import { createHttp, type Http, type HttpOptions } from "@colophon/http";
import { startNpmRegistry, type EmbeddedNpmRegistry, type NpmRegistryOptions } from "@colophon/testkit";
import { onTestFinished } from "vitest";
import {
  createNpmInventory,
  createNpmStore,
  readNpmConfig,
  type NpmConfig,
  type NpmConfigRequest,
  type NpmInventoryOptions,
} from "../src/index.ts";

/** A folder of its own for one test, with these files in it. */
export async function makeFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-npm-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** Reads the configuration of a machine that has these files and nothing else: `home/`, `project/`, `prefix/`. */
export async function configOf(
  files: Readonly<Record<string, string>>,
  request: Partial<NpmConfigRequest> = {},
): Promise<NpmConfig> {
  const folder = await makeFolder({ "project/package.json": "{}", ...files });
  const env = { PREFIX: join(folder, "prefix"), ...request.env };
  return readNpmConfig({ cwd: join(folder, "project"), home: join(folder, "home"), ...request, env });
}

export async function startRegistry(options: NpmRegistryOptions = {}): Promise<EmbeddedNpmRegistry> {
  const registry = await startNpmRegistry(options);
  onTestFinished(() => registry.close());
  return registry;
}

/** A client that trusts what the configuration names and never really sleeps. */
export function clientFor(config: NpmConfig, options: Partial<HttpOptions> = {}): Http {
  const http = createHttp({ userAgent: "colophon-test", ...config.network, sleep: async () => {}, ...options });
  onTestFinished(() => http.close());
  return http;
}

export interface World {
  readonly config: NpmConfig;
  readonly http: Http;
  readonly pauses: number[];
  readonly list: (name: string, range?: string) => Promise<InventoryPage>;
  readonly find: (objects: readonly ReleaseObject[]) => Promise<Answer[]>;
}

/** Everything against one registry. */
export async function worldOf(
  registryUrl: string,
  options: Partial<NpmInventoryOptions> & { readonly npmrc?: string; readonly client?: Partial<HttpOptions> } = {},
): Promise<World> {
  const { npmrc = "", client, ...inventoryOptions } = options;
  const config = await configOf({ "home/.npmrc": `registry=${registryUrl}\n${npmrc}` });
  const http = clientFor(config, client);
  const inventory = createNpmInventory({ http, config, ...inventoryOptions });
  const pauses: number[] = [];
  const store = createNpmStore({ http, config, sleep: async (milliseconds) => void pauses.push(milliseconds) });
  return {
    config,
    http,
    pauses,
    async list(name, range) {
      const target: Target = { channel: "npm", name, ...(range !== undefined && { range }) };
      const [page, ...more] = await collect(inventory.list(target));
      if (page === undefined || more.length > 0) throw new TypeError(`${name} has ${more.length} pages, not one`);
      return page;
    },
    find: (objects) => collect(store.find(objects)),
  };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** A whole answer in place of the registry's own. */
export function json(value: unknown): { status: 200; headers: Record<string, string>; body: string } {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
