import type { HttpOptions } from "@colophon/http";
import { namedHosts } from "../named-hosts.ts";
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
  return namedHosts(tokenHost === null ? services : [...services, tokenHost], env);
}
