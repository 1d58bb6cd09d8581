import { WorkspaceError } from "../error.ts";
import { quote } from "../name.ts";

const MAX_ALTERNATIVES = 1000;

/** One step of a path: as it is written, any number of folders, or wildcards for one name. */
export type Step = { readonly literal: string } | "**" | { readonly tokens: readonly Token[] };

/** Any run of characters, any one character, or one of some ranges of code points (or none of them). */
export type Token = "*" | "?" | { readonly ranges: readonly (readonly [number, number])[]; readonly negated: boolean };

/** Whether a text without braces has a wildcard: `*`, `?` or `[a-z]`. */
export function hasWildcard(text: string): boolean {
  return /[*?]|\[.+\]/s.test(text);
}

/** The steps of a pattern without braces, from `/` to `/`. */
export function parseSteps(pattern: string): readonly Step[] {
  const steps = pattern.split("/").filter((step, index) => step !== "" || index === 0);
  return steps.filter((step, index) => step !== "**" || steps[index - 1] !== "**").map(toStep);
}

function toStep(text: string): Step {
  if (text === "**") return text;
  return hasWildcard(text) ? { tokens: tokenize(text) } : { literal: text };
}

/** What `{one,other}` stands for, as a shell expands it: patterns without such braces. Throws TOO_LARGE. */
export function expandBraces(pattern: string): readonly string[] {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    // The innermost pair, so that what is nested is opened from within.
    const match = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(next);
    if (match === null) done.push(next);
    else open.push(...(match[2] ?? "").split(",").map((choice) => `${match[1] ?? ""}${choice}${match[3] ?? ""}`));
    if (done.length + open.length > MAX_ALTERNATIVES) {
      throw new WorkspaceError("TOO_LARGE", `${quote(pattern)} has more than ${MAX_ALTERNATIVES} alternatives`, {
        hint: "Use * for the part that differs, or give several patterns.",
      });
    }
  }
  return [...new Set(done)];
}

function tokenize(text: string): readonly Token[] {
  const parts = text.match(/\*+|\[[!^]?[^\]]+\]|\[[!^]?\][^\]]+\]|./gsu) ?? [];
  return parts.map((part): Token => {
    if (part.startsWith("*")) return "*";
    if (part === "?") return part;
    const set = /^\[([!^]?)(.+)\]$/su.exec(part);
    if (set === null) return { ranges: [[codeOf(part), codeOf(part)]], negated: false };
    const ranges = (set[2]?.match(/.-.|./gsu) ?? []).map(
      (range) => [codeOf(range), codeOf(Array.from(range).at(-1) ?? "")] as const,
    );
    return { ranges, negated: set[1] !== "" };
  });
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/**
 * Whether the wildcards match a whole name. A name that starts with a dot is only matched by a dot, as in a shell.
 * One point of return keeps it from taking longer than the product of both lengths.
 */
export function matchesName(tokens: readonly Token[], name: string): boolean {
  if (name.startsWith(".") && !isDot(tokens[0])) return false;
  const characters = Array.from(name);
  let [token, at, star, starAt] = [0, 0, -1, 0];
  while (at < characters.length) {
    const current = tokens[token];
    if (current === "*") {
      [star, starAt] = [token, at];
      token += 1;
    } else if (current !== undefined && accepts(current, codeOf(characters[at] ?? ""))) {
      token += 1;
      at += 1;
    } else if (star !== -1) {
      starAt += 1;
      [token, at] = [star + 1, starAt];
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === "*");
}

function isDot(token: Token | undefined): boolean {
  return typeof token === "object" && !token.negated && token.ranges[0]?.[0] === codeOf(".");
}

function accepts(token: Exclude<Token, "*">, code: number): boolean {
  if (token === "?") return true;
  return token.ranges.some(([first, last]) => first <= code && code <= last) !== token.negated;
}
