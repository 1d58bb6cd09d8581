/** A classic repository: a folder of a web server with an `index.yaml` in it. */
export interface ChartRepository {
  /** Origin and path, with a slash at the end. */
  readonly url: string;
  /** With its `?`, or empty. It may hold secrets, and goes to this origin alone. */
  readonly query: string;
}

/** How it is named to people and in purls. */
export function showRepository({ url }: ChartRepository): string {
  return url.replace(/\/+$/, "");
}

export function indexUrl({ url, query }: ChartRepository): string {
  return `${url}index.yaml${query}`;
}

/**
 * The URL of an archive, as Helm resolves it: what is relative keeps the repository's query. Null for what cannot be
 * downloaded over HTTP. A relative reference may still lead to another host, which gets no query.
 */
export function archiveUrl({ url: base, query }: ChartRepository, reference: string): URL | null {
  const url = URL.parse(reference, base);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  const isRelative = URL.parse(reference) === null;
  if (isRelative) url.search = url.origin === new URL(base).origin ? query : "";
  url.hash = "";
  return url;
}

/** Fit to be shown: without user info and query. */
export function showUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}
