/** What a registry asks for with a 401 (RFC 9110 §11.6.1, and the distribution project's token authentication). */
export type Challenge =
  | { readonly scheme: "basic" }
  | { readonly scheme: "bearer"; readonly realm: string; readonly service: string | undefined };

const LONGEST = 8192;
const TOKEN = /[!#$%&'*+.^_`|~\w-]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;

/** Reads `www-authenticate`: a bearer's challenge before a basic one; undefined where there is neither. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  if (header === undefined || header.length > LONGEST) return undefined;
  const challenges = [...challengesIn(header)];
  for (const { scheme, parameters } of challenges) {
    const realm = parameters.get("realm");
    if (scheme === "bearer" && realm) return { scheme, realm, service: parameters.get("service") };
  }
  return challenges.some(({ scheme }) => scheme === "basic") ? { scheme: "basic" } : undefined;
}

interface Written {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

/** A word with `=` behind it is a parameter of the scheme before; every other word is a scheme. */
function* challengesIn(header: string): Iterable<Written> {
  let current: Written | undefined;
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(header);
    if (found === null) return undefined;
    at = pattern.lastIndex;
    return found[1] ?? found[0];
  };
  for (take(/[\s,]*/y); at < header.length; take(/[\s,]*/y)) {
    const word = take(TOKEN)?.toLowerCase();
    if (word === undefined) break;
    if (take(/\s*=\s*/y) === undefined) {
      if (current !== undefined) yield current;
      current = { scheme: word, parameters: new Map() };
      continue;
    }
    const value = take(QUOTED)?.replace(/\\(.)/g, "$1") ?? take(TOKEN);
    if (value === undefined) break;
    if (current?.parameters.has(word) === false) current.parameters.set(word, value);
  }
  if (current !== undefined) yield current;
}
