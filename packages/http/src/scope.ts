/**
 * Whether credentials for `scope` (a URL prefix) may go to `url`: same origin, and a path at or below the prefix's,
 * by whole segments. A path that a server could decode into one outside (`..%2f`) is outside.
 */
export function isInScope(url: URL, scope: string): boolean {
  const prefix = URL.parse(scope);
  if (prefix === null || prefix.origin !== url.origin || climbs(url.pathname)) return false;
  const path = prefix.pathname.replace(/\/+$/, "");
  return url.pathname === path || url.pathname.startsWith(`${path}/`);
}

function climbs(pathname: string): boolean {
  const decoded = pathname
    .replace(/%25/gi, "%")
    .replace(/%2e/gi, ".")
    .replace(/%2f|%5c|\\/gi, "/");
  return decoded.split("/").includes("..");
}
