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
  const services = urls.map((url) => URL.parse(url)?.host).filter((host) => host !== undefined);
  const hosts = tokenHost === null ? services : [...services, tokenHost];
  const proxies = { https: variable(env, "https_proxy"), http: variable(env, "http_proxy") };
  return {
    proxy: {
      ...Object.fromEntries(Object.entries(proxies).filter(([, value]) => value !== undefined)),
      // Tokens may go to this machine in the clear, and so never by way of another (as Go has it).
      noProxy: [variable(env, "no_proxy") ?? "", ...hosts.filter((host) => LOOPBACK.test(host))].join(","),
    },
    trustedHosts: hosts,
  };
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

/** In either case, the lower first, as curl has it. */
function variable(env: Environment, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined;
}
