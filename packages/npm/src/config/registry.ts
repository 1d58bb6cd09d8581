import type getAuth from "npm-registry-fetch/lib/auth.js";
import type { Credentials } from "@colophon/http";
import { NpmError } from "../error.ts";

/** A registry as npm's configuration gives it for a package. */
export interface Registry {
  /** Origin and path, with a slash at the end; never user info. */
  readonly url: string;
  /** What npm would send there: the header's value, and the URL prefix that it is configured for. */
  readonly credentials?: Credentials;
}

/** npm's options, flattened: `registry`, `@scope:registry`, `//host/path/:_authToken` and the like. */
export type FlatConfig = Readonly<Record<string, unknown>>;

/** A registry, and the client certificate that is configured for it. */
export interface ConfiguredRegistry extends Registry {
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/**
 * The registry of a package, as npm-registry-fetch's `pickRegistry` chooses it: that of its scope, that of the `scope`
 * option, the default one. Loading that function itself would load npm's whole HTTP client.
 */
export function pickRegistry(packageName: string, flat: FlatConfig): string {
  const scope = packageName.startsWith("@") ? packageName.split("/")[0] : undefined;
  const option = flat["scope"];
  const general = typeof option === "string" && option !== "" ? option.replace(/^@?/, "@") : undefined;
  const candidates = [scope, general].map((name) => (name === undefined ? undefined : flat[`${name}:registry`]));
  return String(candidates.find((url) => typeof url === "string" && url !== "") ?? flat["registry"]);
}

/** Completes a registry's URL with the credentials configured for it. Throws NPM_CONFIG_INVALID. */
export function readRegistry(written: string, flat: FlatConfig, authOf: typeof getAuth): ConfiguredRegistry {
  const url = parseRegistryUrl(written, "the registry of npm's configuration");
  const base = `${url.origin}${url.pathname.replace(/\/*$/, "/")}`;
  // Named as the default registry, no other one's credentials are looked for. Copying all options for each of many
  // registries would take quadratic time.
  const auth = authOf(base, Object.assign(Object.create(flat) as FlatConfig, { registry: base, spec: undefined }));
  const header = auth.token ? `Bearer ${auth.token}` : auth.auth ? `Basic ${auth.auth}` : undefined;
  const scope = auth.regKey === false ? base : `${url.protocol}${auth.regKey}`;
  const authorization = header ?? userInfoHeader(url);
  return {
    url: base,
    ...(authorization !== undefined && { credentials: { authorization, scope } }),
    ...(auth.cert && auth.key && { certificate: { cert: auth.cert, key: auth.key } }),
  };
}

/** Both npm's and our own searches in a URL take quadratic time. */
const MAX_URL_LENGTH = 2048;

/**
 * Throws NPM_CONFIG_INVALID for anything but an http or https URL of at most 2048 characters, lists and sections of an
 * npmrc included; its text is not repeated, it may hold a password.
 */
export function parseRegistryUrl(written: unknown, what: string): URL {
  const url = typeof written === "string" && written.length <= MAX_URL_LENGTH ? URL.parse(written.trim()) : null;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw new NpmError("NPM_CONFIG_INVALID", `${what} is not an http or https URL`, {
    hint: "Write it like https://registry.example/path/, and check that the variables in it are set.",
  });
}

function userInfoHeader(url: URL): string | undefined {
  if (url.username === "" && url.password === "") return undefined;
  const text = `${safeDecode(url.username)}:${safeDecode(url.password)}`;
  return `Basic ${Buffer.from(text).toString("base64")}`;
}

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
