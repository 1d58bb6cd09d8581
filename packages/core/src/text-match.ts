import { CoreError } from "./error.ts";

/** How an expected text is compared: as it is, as an anchored glob (`*` is any run of characters), or as an anchored regular expression. */
export type TextMatch =
  | { readonly exact: string }
  | { readonly glob: string }
  | { readonly pattern: string; readonly test: (value: string) => boolean };

const MAX_PATTERN = 1000;

/**
 * Reads a user's regular expression, in the syntax of RE2 as cosign's: it takes linear time, whatever stranger's
 * identity it is held against. Throws PATTERN_INVALID.
 */
export async function parsePattern(pattern: string): Promise<TextMatch> {
  if (pattern.length > MAX_PATTERN)
    throw new CoreError("PATTERN_INVALID", `a pattern is longer than ${MAX_PATTERN} characters`);
  // Large, and hardly ever needed.
  const { RE2JS } = await import("re2js");
  try {
    const compiled = RE2JS.compile(pattern);
    return { pattern, test: (value) => compiled.matches(value) };
  } catch (cause) {
    throw new CoreError("PATTERN_INVALID", `${JSON.stringify(pattern)} is not a regular expression`, {
      hint: "It is anchored at both ends as it stands; its syntax is RE2's, without lookaround and back references.",
      cause,
    });
  }
}

/** A text with a `*` is a glob, any other is compared as it is. */
export function parseGlob(text: string): TextMatch {
  return text.includes("*") ? { glob: text } : { exact: text };
}

export function matchesText(match: TextMatch, value: string): boolean {
  if ("exact" in match) return match.exact === value;
  if ("glob" in match) return matchesGlob(match.glob, value);
  return match.test(value);
}

/** What was expected, for a message. */
export function describeMatch(match: TextMatch): string {
  if ("exact" in match) return match.exact;
  return "glob" in match ? match.glob : `/^(?:${match.pattern})$/`;
}

/** Greedy matching with one point of return: linear in practice and without a regular expression's worst cases. */
function matchesGlob(glob: string, value: string): boolean {
  const [first = "", ...rest] = glob.split("*");
  if (!value.startsWith(first)) return false;
  const last = rest.pop();
  if (last === undefined) return value === first;
  let at = first.length;
  for (const part of rest) {
    const found = value.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}
