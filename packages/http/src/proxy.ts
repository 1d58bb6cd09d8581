import type { ProxyOptions } from "./options.ts";

/** The proxy that a URL is reached through, or undefined where it is reached directly. */
export function proxyFor(url: URL, proxy: ProxyOptions): string | undefined {
  const chosen = url.protocol === "https:" ? proxy.https : proxy.http;
  return chosen === undefined || isExempt(url, proxy.noProxy ?? "") ? undefined : chosen;
}

/** NO_PROXY as curl and npm read it: a name also stands for the names below it, a port narrows it, `*` is everything. */
function isExempt(url: URL, noProxy: string): boolean {
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return noProxy.split(/[\s,]+/).some((entry) => {
    if (entry === "*") return true;
    const { name = "", narrowed } = /^(?<name>\[.*\]|[^:]*|.*:.*:.*?)(?::(?<narrowed>\d+))?$/.exec(entry)?.groups ?? {};
    if (name === "" || (narrowed !== undefined && narrowed !== port)) return false;
    const suffix = bare(name).replace(/^\*?\./, "");
    return host === suffix || host.endsWith(`.${suffix}`);
  });
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$|\.$/g, "");
}
