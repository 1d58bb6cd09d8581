import { join } from "node:path";
import type { Repository } from "../reference.ts";
import { readAuthFile, type AuthFile } from "./auth-file.ts";
import { askHelper, type HelperAnswer } from "./helper.ts";

/** The logins of a machine, looked up when they are needed. */
export interface RegistryCredentials {
  /** Asks for the repository, then for each folder above it, then for its registry, as Podman does. */
  find(repository: Repository): Promise<HelperAnswer>;
}

export interface CredentialsRequest {
  /** REGISTRY_AUTH_FILE, DOCKER_CONFIG, XDG_RUNTIME_DIR, XDG_CONFIG_HOME; helpers get all of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
  /** Milliseconds for one call of a credential helper. Default 30,000. */
  readonly helperTimeoutMs?: number;
}

/** As Docker names its Hub to helpers. */
const HUB_SERVER = "https://index.docker.io/v1/";

/**
 * Reads the files of credentials that Docker and Podman write; the first that holds a login counts, those that the
 * environment names before the others. Throws CREDENTIALS_INVALID.
 */
export async function readCredentials(request: CredentialsRequest): Promise<RegistryCredentials> {
  const { env, helperTimeoutMs: timeoutMs = 30_000 } = request;
  const files = (await Promise.all(pathsOf(request).map(readAuthFile))).filter((file) => file !== undefined);
  const asked = new Map<string, Promise<HelperAnswer>>();
  const ask = (name: string, server: string): Promise<HelperAnswer> => {
    const key = `${name} ${server}`;
    const answer = asked.get(key) ?? askHelper({ name, server, env, timeoutMs });
    asked.set(key, answer);
    return answer;
  };
  return {
    async find(repository) {
      let fault: string | undefined;
      for (const file of files) {
        for await (const { login, fault: met } of answersOf(file, repository, ask)) {
          if (login !== undefined) return { login };
          fault ??= met;
        }
      }
      return fault === undefined ? {} : { fault };
    },
  };
}

/** The closest entry first; the helper for everything last. */
async function* answersOf(
  file: AuthFile,
  { registry, repository }: Repository,
  ask: (name: string, server: string) => Promise<HelperAnswer>,
): AsyncIterable<HelperAnswer> {
  const parts = [registry, ...repository.split("/")];
  for (let length = parts.length; length > 0; length -= 1) {
    const key = parts.slice(0, length).join("/");
    const helper = file.helpers.get(key);
    if (helper !== undefined) yield await ask(helper, serverOf(key));
    const login = file.logins.get(key);
    if (login !== undefined) yield { login };
  }
  if (file.store !== undefined) yield await ask(file.store, serverOf(registry));
}

function serverOf(key: string): string {
  return key === "docker.io" ? HUB_SERVER : key;
}

function pathsOf({ env, home }: CredentialsRequest): readonly string[] {
  const { REGISTRY_AUTH_FILE, DOCKER_CONFIG, XDG_RUNTIME_DIR, XDG_CONFIG_HOME } = env;
  const podman = [
    ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, "containers", "auth.json")] : []),
    join(XDG_CONFIG_HOME || join(home, ".config"), "containers", "auth.json"),
  ];
  return [
    ...(REGISTRY_AUTH_FILE ? [REGISTRY_AUTH_FILE] : []),
    ...(DOCKER_CONFIG ? [join(DOCKER_CONFIG, "config.json")] : []),
    ...(REGISTRY_AUTH_FILE ? [] : podman),
    ...(DOCKER_CONFIG ? [] : [join(home, ".docker", "config.json")]),
  ];
}
