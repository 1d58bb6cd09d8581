// oxlint-disable-next-line typescript/triple-slash-reference -- programs of other packages see these types only so
/// <reference path="./npm-modules.d.ts" />
import type Config from "@npmcli/config";
import { NpmError } from "../error.ts";
import { readNetwork, type Environment, type NpmNetwork } from "./network.ts";
import { checkNpmrcFiles } from "./npmrc-files.ts";
import { parseRegistryUrl, pickRegistry, readRegistry, type ConfiguredRegistry, type Registry } from "./registry.ts";

export interface NpmConfigRequest {
  /** Where the project's npmrc is looked for, upwards. */
  readonly cwd: string;
  readonly env: Environment;
  /** The user's folder; default: as `env`, or the system, says. */
  readonly home?: string;
  /** Value of `--registry`: the default registry. As in npm, a scope's own registry stays. */
  readonly registryFlag?: string;
}

/** npm's configuration, as far as reading from registries needs it. Credentials stay inside `registryFor`'s answers. */
export interface NpmConfig {
  /** URLs of all configured registries, the default one first. */
  readonly registries: readonly string[];
  readonly network: NpmNetwork;
  readonly registryFor: (packageName: string) => Registry;
  /** Whether npm is told to make provenance of what it publishes. */
  readonly provenance: boolean;
}

/**
 * Reads npm's configuration with npm's own library: flag, environment (`npm_config_*`), npmrc of the project, the user
 * and the prefix. The npmrc built into an npm installation is left out; npm itself hands that on in the environment.
 * Throws NPMRC_UNREADABLE or NPM_CONFIG_INVALID, neither of which holds a value of the configuration.
 */
export async function readNpmConfig(request: NpmConfigRequest): Promise<NpmConfig> {
  const { default: getAuth } = await import("npm-registry-fetch/lib/auth.js");
  const config = await load(request);
  await checkNpmrcFiles(config);
  checkRegistryUrl(config);
  const flat = usable(() => (config.validate(), config.flat));
  const scoped = Object.keys(flat).filter((key) => /^@.*:registry$/i.test(key) && flat[key]);
  const named = [...scoped, ...(config.find("registry") === "default" ? [] : ["registry"])];
  const urlsNamed = named.map((key) => parseRegistryUrl(flat[key], `"${key}" of npm's configuration`));
  const trustedHosts = [...new Set(urlsNamed.map(({ host }) => host))];
  const known = new Map<string, ConfiguredRegistry>();
  const registryOf = (written: string): ConfiguredRegistry => {
    const registry = known.get(written) ?? usable(() => readRegistry(written, flat, getAuth));
    known.set(written, registry);
    return registry;
  };
  const all = ["registry", ...scoped].map((key) => registryOf(String(flat[key])));
  return {
    registries: [...new Set(all.map(({ url }) => url))],
    network: readNetwork({ flat, env: request.env, registries: all, trustedHosts }),
    registryFor(packageName) {
      const { url, credentials } = registryOf(pickRegistry(packageName, flat));
      return { url, ...(credentials !== undefined && { credentials }) };
    },
    provenance: flat["provenance"] === true,
  };
}

async function load({ cwd, env, home, registryFlag }: NpmConfigRequest): Promise<Config> {
  const { default: NpmcliConfig } = await import("@npmcli/config");
  const { default: npm } = await import("@npmcli/config/lib/definitions/index.js");
  const { definitions, shorthands, flatten, nerfDarts } = npm;
  const flags = registryFlag === undefined ? [] : [`--registry=${registryFlag}`];
  if (registryFlag !== undefined) parseRegistryUrl(registryFlag, "--registry");
  const config = new NpmcliConfig({
    definitions,
    shorthands,
    flatten,
    nerfDarts,
    npmPath: import.meta.dirname,
    env: { ...env, ...(home !== undefined && { HOME: home }) },
    argv: ["node", "npm", ...flags],
    cwd,
    warn: false,
  });
  try {
    await config.load();
  } catch (error) {
    throw invalid(error);
  }
  return config;
}

/** npm falls back on the public registry where the written one is no URL: a private package's name would go there. */
function checkRegistryUrl(config: Config): void {
  const where = config.find("registry") ?? "default";
  parseRegistryUrl(
    config.get("registry"),
    `"registry" of npm's configuration (${config.data.get(where)?.source ?? where})`,
  );
}

function usable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof NpmError ? error : invalid(error);
  }
}

/** The cause is left out: errors of `URL` and of npm's library can carry the value that they are about. */
function invalid(error: unknown): NpmError {
  const { code, problems, message } = error as { code?: string; problems?: unknown; message?: string };
  if (code === "ERR_INVALID_AUTH" && Array.isArray(problems)) {
    const keys = problems.map((problem: { key?: string; from?: string }) => problem.from ?? problem.key).join(", ");
    return new NpmError("NPM_CONFIG_INVALID", `npm's configuration has ${keys} outside of any registry`, {
      hint: "Write credentials behind their registry, like //registry.example/:_authToken, or run `npm config fix`.",
    });
  }
  return new NpmError("NPM_CONFIG_INVALID", `npm's configuration cannot be used: ${message ?? "unknown error"}`, {
    hint: "`npm config list` shows what is configured, and where.",
  });
}
