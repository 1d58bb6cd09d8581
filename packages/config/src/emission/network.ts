import type { HttpOptions } from "@colophon/http";
import type { ChosenServices } from "./services.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How signing services are reached: the environment's proxies, and the hosts that the user named. */
export function networkOf(
  { fulcioUrl, logs, timestampUrls }: ChosenServices,
  tokenHost: string | null,
  env: Environment,
): Pick<HttpOptions, "proxy" | "trustedHosts"> {
  const urls = [...(fulcioUrl === undefined ? [] : [fulcioUrl]), ...logs.map(({ url }) => url), ...timestampUrls];
  const hosts = urls.map((url) => URL.parse(url)?.host).filter((host) => host !== undefined);
  const proxies = {
    https: variable(env, "https_proxy"),
    http: variable(env, "http_proxy"),
    noProxy: variable(env, "no_proxy"),
  };
  return {
    proxy: Object.fromEntries(Object.entries(proxies).filter(([, value]) => value !== undefined)),
    trustedHosts: tokenHost === null ? hosts : [...hosts, tokenHost],
  };
}

/** In either case, the lower first, as curl has it. */
function variable(env: Environment, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined;
}
