import { CoreError } from "./error.ts";

/** A chart, or a classic repository with all of its charts. */
export interface HelmReference {
  readonly kind: "helm";
  /**
   * `http(s)://…` for a classic repository or a chart of one, without slash, query and user info behind and before it;
   * else a chart in an OCI registry, `host/path`.
   */
  readonly name: string;
  /** Of a classic repository, without its `?`. It may hold secrets. */
  readonly query?: string;
  /** A version, a range of versions, or for a registry a tag or digest. */
  readonly range?: string;
}

const LOOPBACK = /^(?:localhost|[a-z0-9.-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Reads what stands behind `helm:`. With `http(s)://` it is a classic repository, `URL[/name][@version][?query]`;
 * without, or with `oci://`, a chart in a registry, `host/path[:tag][@version]`. Throws OBJECT_INVALID, which never
 * repeats user info or a query.
 */
export function parseHelmReference(text: string): HelmReference {
  const [, scheme, rest = text] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? [];
  switch (scheme?.toLowerCase()) {
    case "https":
    case "http":
      return parseClassic(scheme?.toLowerCase() ?? "", rest);
    case "oci":
    case undefined:
      return parseChartInRegistry(rest);
    default:
      throw invalid(
        `${scheme}:// is not how charts are served`,
        "Write helm:https://host/path/name or helm:host/path.",
      );
  }
}

function parseClassic(scheme: string, text: string): HelmReference {
  const [named = "", ...behindQuery] = text.split("?");
  const query = behindQuery.join("?");
  const [, authority = "", behind = ""] = /^([^/\\]*)(.*)$/s.exec(named) ?? [];
  if (authority.includes("@")) throw userInfo();
  if (scheme === "http" && !LOOPBACK.test(authority)) {
    throw invalid(`${show(authority)} is asked for in the clear`, "Write https://; http is for this machine alone.");
  }
  const [path, range] = splitRange(behind, text);
  const url = parseUrl(scheme, authority, path);
  const bare = url.pathname.replace(/\/+$/, "");
  if (range !== undefined && bare === "")
    throw invalid(`${show(authority)} names no chart for a version`, "Write helm:https://host/path/name@version.");
  const slash = range === undefined && bare !== "" && path.endsWith("/") ? "/" : "";
  return {
    kind: "helm",
    name: `${url.origin}${bare}${slash}`,
    ...(query === "" ? {} : { query }),
    ...(range === undefined ? {} : { range }),
  };
}

function parseUrl(scheme: string, authority: string, path: string): URL {
  const url = URL.parse(`${scheme}://${authority}${path}`);
  if (url !== null && authority !== "" && url.hash === "" && !/%2f|%5c|[\\\s]/i.test(path)) return url;
  throw invalid(`${show(`${authority}${path}`)} is not a repository's URL`, "Write helm:https://host/path/name.");
}

function parseChartInRegistry(text: string): HelmReference {
  if (/@.*\//s.test(text)) throw userInfo();
  const [named, range] = splitRange(text, text);
  const slash = named.indexOf("/");
  const host = named.slice(0, Math.max(slash, 0));
  if (!/[.:]|^localhost$/i.test(host)) {
    throw invalid(
      `${show(text)} names neither a repository's URL nor a registry`,
      "Write helm:https://host/path/name for a repository, or helm:registry.example/path/name for a registry.",
    );
  }
  const colon = named.indexOf(":", named.lastIndexOf("/"));
  if (colon === -1) return { kind: "helm", name: named, ...(range === undefined ? {} : { range }) };
  const tag = named.slice(colon + 1);
  if (range === undefined && tag !== "") return { kind: "helm", name: named.slice(0, colon), range: tag };
  throw invalid(`${show(text)} has a colon and an @, or nothing behind one`, "Name one version: host/path@version.");
}

/** The last `@` is where the version starts; chart names hold none. */
function splitRange(text: string, whole: string): [string, string | undefined] {
  const at = text.lastIndexOf("@");
  if (at === -1) return [text, undefined];
  const range = text.slice(at + 1);
  if (range !== "") return [text.slice(0, at), range];
  const shown = show(whole.split("?", 1)[0] ?? "");
  throw invalid(`${shown} has nothing behind its last @`, "Name a version or a range behind it, or leave the @ away.");
}

/** It is none of what a message may repeat. */
function userInfo(): CoreError {
  return invalid(
    "what is named under helm: has user info in it, or a version that is none",
    "Leave user info out: repositories are read without a login. A version stands behind the chart's name.",
  );
}

function invalid(message: string, hint: string): CoreError {
  return new CoreError("OBJECT_INVALID", message, { hint });
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
