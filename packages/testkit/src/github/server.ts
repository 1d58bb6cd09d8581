import { createFaults, type RequestMatcher, type Script } from "../faults.ts";
import { serveLoopback, type Reply, type Request } from "../loopback-server.ts";
import { fail } from "./answers.ts";
import type { GitHubRelease } from "./release.ts";
import { createReleases } from "./releases.ts";
import { readingRoutes, writingRoutes } from "./routes.ts";

/** Which repository is served, and how. */
export interface GitHubOptions {
  /** `owner/name`; it is public. */
  readonly repository: string;
  /** What writing takes and drafts are seen with; another token is answered 401. Default: nobody is asked for one. */
  readonly token?: string;
  /** Releases cannot change once they are published. */
  readonly immutableReleases?: boolean;
}

/** A running GitHub: what `api.github.com`, `uploads.github.com` and `github.com` answer of releases. */
export interface EmbeddedGitHub {
  /** Base URL of the API (`GITHUB_API_URL`), without a slash at its end. */
  readonly url: string;
  /** Releases as they are now, drafts included, the oldest first. */
  readonly releases: readonly GitHubRelease[];
  /** The oldest first. */
  readonly requests: Request[];
  /** Scripts answers for some requests. */
  readonly respond: (matcher: RequestMatcher, script: Script) => void;
  close(): Promise<void>;
}

/** Starts a GitHub with one repository on loopback. */
export async function startGitHub(options: GitHubOptions): Promise<EmbeddedGitHub> {
  const { repository, token, immutableReleases = false } = options;
  const requests: Request[] = [];
  const faults = createFaults();
  let base = "";
  const address = () => ({ base, repository });
  const releases = createReleases(address, immutableReleases);
  const root = `/repos/${repository.replaceAll(".", String.raw`\.`)}`;
  const routes = Object.entries({ ...readingRoutes(releases, address), ...writingRoutes(releases) }).map(
    ([path, answer]) => {
      const pattern = path.replaceAll(/\{(\w+)\}/gu, "(?<$1>[^/]+)").replace(":repo", root);
      return { pattern: new RegExp(`^${pattern}$`, "iu"), answer };
    },
  );

  const serve = (request: Request): Reply => {
    const { method, path, headers } = request;
    const sent = /^(?:bearer|token) (?<token>.+)$/iu.exec(headers.authorization ?? "")?.groups?.["token"];
    if (token !== undefined && sent !== undefined && sent !== token) return fail(401, "Bad credentials");
    const isMember = token === undefined || sent === token;
    const isRead = method === "GET" || method === "HEAD";
    if (!isRead && !isMember) return fail(401, "Requires authentication");
    const url = new URL(path, base);
    const asked = `${isRead ? "GET" : method} ${url.pathname}`;
    for (const { pattern, answer } of routes) {
      const match = pattern.exec(asked);
      if (match === null) continue;
      const parts = Object.entries(match.groups ?? {}).map(([name, part]) => [name, decodeURIComponent(part)]);
      const reply = answer({ ...request, url, parts: Object.fromEntries(parts) as Record<string, string>, isMember });
      if (reply !== undefined) return reply;
    }
    return fail(404, "Not Found");
  };

  const server = await serveLoopback((request) => {
    requests.push(request);
    return faults.apply(request, async () => serve(request));
  });
  base = server.url;
  return { url: base, releases: releases.all, requests, respond: faults.respond, close: () => server.close() };
}
