import { isSafeName } from "../name.ts";

const MAX_CHARACTERS = 2048;

/**
 * A remote's URL as it may be told: without user information, query and fragment, where tokens lie. The short form
 * `git@host:path` is written as `ssh://host/path`. Undefined for a path on this machine, and for what names a program.
 */
export function publicRemote(url: string): string | undefined {
  if (url.length > MAX_CHARACTERS || !isSafeName(url)) return undefined;
  const short = /^(?:[^/:@]+@)?([\w.-]{2,}):(?![/\\:])([^?#]+)/.exec(url);
  const parsed = URL.parse(short === null ? url : `ssh://${short[1]}/${short[2]}`);
  if (parsed === null || parsed.hostname === "" || !/^(?:https?|ssh|git):$/.test(parsed.protocol)) return undefined;
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

/**
 * The remote that the checkout was made from: `origin`, else the only one there is. Reads what
 * `git config -z --get-regexp` prints of `remote.<name>.url`; of several URLs the first is the one that is fetched.
 */
export function pickRemote(printed: string): string | undefined {
  const urls = new Map<string, string>();
  for (const record of printed.split("\0")) {
    const at = record.indexOf("\n");
    const name = /^remote\.(.+)\.url$/s.exec(record.slice(0, at))?.[1];
    if (at !== -1 && name !== undefined && !urls.has(name)) urls.set(name, record.slice(at + 1));
  }
  return urls.get("origin") ?? (urls.size === 1 ? [...urls.values()][0] : undefined);
}
