const SHORTHAND_HOSTS: Record<string, string> = {
  github: "github.com",
  gitlab: "gitlab.com",
  bitbucket: "bitbucket.org",
};

/** Hosts on which owner and repository names are the same in any case. */
const CASELESS_HOSTS = new Set(["github.com", "gitlab.com"]);

/**
 * The https URI of the repository that a package.json's `repository` names (npm's package.json documentation,
 * "repository"), or null where none can be derived. User info, `.git`, queries, fragments and paths into the tree
 * are dropped.
 */
export function repositoryUriOf(repository: unknown): string | null {
  if (typeof repository === "string") return fromText(repository);
  if (typeof repository !== "object" || repository === null || Array.isArray(repository)) return null;
  const url: unknown = (repository as { url?: unknown }).url;
  return typeof url === "string" ? fromText(url) : null;
}

function fromText(text: string): string | null {
  const value = text.trim();
  if (value === "" || value.length > 2048) return null;
  const shorthand = /^(?:(github|gitlab|bitbucket):)?([\w.-]+(?:\/[\w.-]+)+?)(?:\.git)?(?:#.*)?$/.exec(value);
  if (shorthand !== null) {
    const [, prefix, path = ""] = shorthand;
    const first = path.split("/")[0] ?? "";
    if (prefix !== undefined) return build(SHORTHAND_HOSTS[prefix] ?? "", path, prefix === "gitlab");
    if (!first.includes(".")) return path.split("/").length === 2 ? build("github.com", path, false) : null;
    return fromUrl(`https://${value}`);
  }
  const scp = /^(?:[\w.-]+@)([\w.-]+):(?!\/)(.+)$/.exec(value);
  if (scp !== null) return fromUrl(`https://${scp[1]}/${scp[2]}`);
  if (!/^(?:git\+)?(?:https?|ssh|git):\/\//i.test(value)) return null;
  const address = value.replace(/^git\+/i, "");
  return fromUrl(address.replace(/^[a-z]+:/i, "https:"), /^https:/i.test(address));
}

/** The port of an ssh, git or http address says nothing about the https one. */
function fromUrl(text: string, keepPort = true): string | null {
  const url = URL.parse(text);
  if (url === null || url.hostname === "") return null;
  const host = keepPort ? url.host : url.hostname;
  return build(host.replace(/^www\.(?=github\.com$|gitlab\.com$)/, ""), url.pathname, url.hostname !== "github.com");
}

/** github.com has owner/repository; elsewhere groups nest, and a tree path follows `/-/` or `/tree/`. */
function build(host: string, path: string, nested: boolean): string | null {
  const parts = path.split("/").filter((part) => part !== "");
  const end = parts.findIndex((part, index) => index >= 2 && ["-", "tree", "blob", "src"].includes(part));
  const kept = nested ? parts.slice(0, end === -1 ? undefined : end) : parts.slice(0, 2);
  const last = kept.pop()?.replace(/\.git$/i, "");
  if (host === "" || last === undefined || last === "" || kept.length === 0) return null;
  return `https://${host}/${[...kept, last].join("/")}`;
}

/**
 * Whether two repository URIs name the same repository. `exact` compares the text;
 * `derived` compares owner and name without case on hosts that do so themselves.
 */
export function sameRepository(left: string, right: string, how: "exact" | "derived"): boolean {
  if (left === right) return true;
  if (how === "exact") return false;
  const [a, b] = [URL.parse(left), URL.parse(right)];
  if (a === null || b === null || a.host !== b.host || !CASELESS_HOSTS.has(a.host)) return false;
  return a.pathname.toLowerCase() === b.pathname.toLowerCase();
}
