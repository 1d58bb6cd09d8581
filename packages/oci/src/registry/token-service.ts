import type { Repository } from "../reference.ts";

/** Without TLS no further than the registry itself is. */
export function mayBeAsked(realm: URL, origin: string): boolean {
  return realm.protocol === "https:" || (realm.protocol === "http:" && origin.startsWith("http:"));
}

/**
 * Whether credentials of a registry may go to a token service: on the registry's own host, one above or below it, or
 * where Docker Hub has its own. Hosts side by side may belong to different people.
 */
export function isTokenServiceOf(host: string, { registry }: Pick<Repository, "registry">): boolean {
  if (registry === "docker.io") return host === "auth.docker.io";
  const own = registry.replace(/:\d+$/, "");
  const [first = ""] = own.split(".", 1);
  const above = own.slice(first.length + 1);
  // Numbers are no domains, and what has one label is a whole country.
  const isAbove = above === host && above.includes(".") && !/^[\d.]+$/.test(own);
  return host === own || host.endsWith(`.${own}`) || isAbove;
}
