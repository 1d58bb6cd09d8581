import type { HttpOptions } from "@colophon/http";
import type { ConfiguredRegistry, FlatConfig } from "./registry.ts";

/** What `createHttp` needs to reach the configured registries as npm would, to be spread into its options. */
export type NpmNetwork = Pick<HttpOptions, "proxy" | "ca" | "cert" | "key" | "strictTls" | "trustedHosts">;

export type Environment = Readonly<Record<string, string | undefined>>;

interface NetworkSources {
  readonly flat: FlatConfig;
  readonly env: Environment;
  /** The default one first. */
  readonly registries: readonly ConfiguredRegistry[];
  /** Hosts of the registries that the user named; npm's own default is not one. */
  readonly trustedHosts: readonly string[];
}

/** Puts the connection's options together (npm's config page: proxy, https-proxy, noproxy, ca, cafile, strict-ssl). */
export function readNetwork({ flat, env, registries, trustedHosts }: NetworkSources): NpmNetwork {
  const ca = flat["ca"];
  const authorities = (Array.isArray(ca) ? ca : [ca]).filter((pem) => typeof pem === "string" && pem !== "");
  const certificate = registries.find((registry) => registry.certificate !== undefined)?.certificate;
  const cert = certificate?.cert ?? textOf(flat["cert"]);
  const key = certificate?.key ?? textOf(flat["key"]);
  return {
    proxy: readProxy(flat, env),
    ...(authorities.length > 0 && { ca: authorities as string[] }),
    ...(cert !== undefined && key !== undefined && { cert, key }),
    strictTls: flat["strictSSL"] !== false,
    trustedHosts,
  };
}

/** As @npmcli/agent: npm's options for every request, else the environment's by the request's scheme. */
function readProxy(flat: FlatConfig, env: Environment): NonNullable<HttpOptions["proxy"]> {
  const configured = textOf(flat["httpsProxy"]) ?? textOf(flat["proxy"]);
  const https = configured ?? variable(env, "https_proxy");
  const http = https ?? variable(env, "http_proxy") ?? variable(env, "proxy");
  const noProxy = textOf(flat["noProxy"]) ?? variable(env, "no_proxy");
  return {
    ...(https !== undefined && { https }),
    ...(http !== undefined && { http }),
    ...(noProxy !== undefined && { noProxy }),
  };
}

/** Variables count in either case. */
function variable(env: Environment, name: string): string | undefined {
  const found = Object.entries(env).findLast(([key, value]) => key.toLowerCase() === name && value);
  return found?.[1];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
