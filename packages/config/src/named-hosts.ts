import type { HttpOptions } from "@colophon/http";

type Environment = Readonly<Record<string, string | undefined>>;

/** How hosts are reached that the user named: by the environment's proxies, but for those on this machine. */
export function namedHosts(hosts: readonly string[], env: Environment): Pick<HttpOptions, "proxy" | "trustedHosts"> {
  const proxies = { https: variable(env, "https_proxy"), http: variable(env, "http_proxy") };
  return {
    proxy: {
      ...Object.fromEntries(Object.entries(proxies).filter(([, value]) => value !== undefined)),
      // What may go to this machine in the clear must never go by way of another (as Go has it).
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
