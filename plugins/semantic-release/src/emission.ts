import { createRequire } from "node:module";
import { resolve } from "node:path";
import { defaultCacheDir, readConfig, type Config } from "@colophon/config";
import { openEmission, openNpmPublishing, withOci, type Emission, type NpmPublishing } from "@colophon/config/emission";
import type { Context } from "./context.ts";
import { preferLocal, withRegistryToken } from "./npm-environment.ts";
import type { Options } from "./options.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { readonly version: string };
export const VERSION: string = version;

/** What an emission of this release works with. */
export interface Means {
  readonly options: Options;
  readonly context: Context;
  readonly config: Config;
  readonly emission: Emission;
  /** Of the output folder. */
  readonly output: { readonly path: string; readonly shown: string };
}

/** Opens an emission for one step, about these images besides what else there is. Rejects with ConfigError, SigstoreError, or as `use` does. */
export async function withEmission<Result>(
  options: Options,
  context: Context,
  use: (means: Means) => Promise<Result>,
  images: readonly string[] = [],
): Promise<Result> {
  const { cwd, env } = context;
  const config = await readConfig(cwd, options.config);
  const output = { path: resolve(cwd, options.outputDir), shown: options.outputDir };
  const emission = await openEmission({
    config,
    cwd,
    env,
    now: () => new Date(),
    offline: false,
    userAgent: `colophon/${VERSION}`,
    cacheDir: defaultCacheDir(env),
    output,
    deposit: options.deposit ?? (images.length === 0 ? config.deposit : withOci(config.deposit)),
    images,
    readBackTimeoutMs: options.readBackTimeoutMs,
  });
  try {
    return await use({ options, context, config, emission, output });
  } finally {
    await emission.close();
  }
}

/** Opens the registry of a package for one step, as @semantic-release/npm reaches it. Rejects with NpmError. */
export async function withNpm<Result>(
  { options, config, context: { cwd, env, logger } }: Means,
  published: { readonly name: string; readonly registry?: string },
  use: (npm: NpmPublishing) => Promise<Result>,
): Promise<Result> {
  const request = {
    config,
    cwd,
    ...(published.registry === undefined ? {} : { registry: published.registry }),
    offline: false,
    userAgent: `colophon/${VERSION}`,
    tool: "npm" as const,
    // As when npm publishes the folder, which is what it will do.
    scripts: "publish" as const,
    args: [],
    patienceMs: options.readBackTimeoutMs,
    onLine: (line: string) => logger.log("%s", line),
  };
  const local = preferLocal(env, cwd);
  const first = await openNpmPublishing({ ...request, env: local });
  const url = first.registryOf(published.name);
  // As @semantic-release/npm does: what .npmrc has for this registry is its own, and NPM_TOKEN may be another's.
  const isConfigured = first.hasCredentials(published.name);
  await first.close();
  const npm = await openNpmPublishing({ ...request, env: isConfigured ? local : withRegistryToken(local, url) });
  try {
    return await use(npm);
  } finally {
    await npm.close();
  }
}
