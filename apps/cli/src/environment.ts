import { resolve } from "node:path";
import {
  defaultCacheDir,
  openHelm,
  openNpm,
  openOci,
  openTrust,
  readConfig,
  type Config,
  type Helm,
  type HelmRequest,
  type Npm,
  type Oci,
  type Trust,
} from "@colophon/config";
import type { Invocation } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** The common options, read once. */
export interface Environment {
  readonly config: Config;
  readonly offline: boolean;
  readonly cacheDir: string;
}

export async function readEnvironment({ options, env, cwd }: Invocation): Promise<Environment> {
  const cacheDir = options.text("cache-dir");
  if (cacheDir !== undefined && options.has("no-cache"))
    throw new UsageError("--cache-dir and --no-cache exclude each other");
  return {
    config: await readConfig(cwd, options.text("config")),
    offline: options.has("offline") || isSet(env["COLOPHON_OFFLINE"]),
    cacheDir: cacheDir === undefined ? defaultCacheDir(env) : resolve(cwd, cacheDir),
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

export function trustOf(
  { options, cwd }: Invocation,
  { config, offline, cacheDir }: Environment,
  { keys = [], build }: Partial<Pick<Parameters<typeof openTrust>[0], "keys" | "build">> = {},
): Trust {
  const root = options.text("trusted-root");
  return openTrust({
    config,
    ...(root === undefined ? {} : { trustedRootFile: resolve(cwd, root) }),
    keys,
    offline,
    cacheDir,
    ...(build === undefined || options.has("no-cache") ? {} : { build }),
  });
}

export async function npmOf(
  { options, cwd, env, version }: Invocation,
  { config, offline, cacheDir }: Environment,
  maxRequests?: number,
): Promise<Npm> {
  const registry = options.text("registry");
  return await openNpm({
    config,
    cwd,
    env,
    offline,
    userAgent: `colophon/${version}`,
    ...(registry === undefined ? {} : { registry }),
    ...(options.has("no-cache") ? {} : { cacheDir }),
    ...(maxRequests === undefined ? {} : { maxRequests }),
  });
}

export async function ociOf(
  { env, version }: Invocation,
  { config, offline }: Environment,
  named: readonly string[],
  maxRequests?: number,
): Promise<Oci> {
  const limit = maxRequests === undefined ? {} : { maxRequests };
  return await openOci({ config, env, offline, userAgent: `colophon/${version}`, named, ...limit });
}

export async function helmOf(
  { env, version }: Invocation,
  { offline }: Environment,
  { named, images }: Pick<HelmRequest, "named" | "images">,
  maxRequests?: number,
): Promise<Helm> {
  const limit = maxRequests === undefined ? {} : { maxRequests };
  return await openHelm({ env, offline, userAgent: `colophon/${version}`, named, images, ...limit });
}
