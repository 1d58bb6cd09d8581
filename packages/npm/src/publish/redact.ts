import { stripVTControlCharacters } from "node:util";

type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_NAME = /token|pass|credential|secret|private|key|auth|webhook|otp/i;
const SHORTEST_SECRET = 5;
const LONGEST_LINE = 8192;
const UNSEEN = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g;
/** Secrets by their looks: npm's tokens, JSON Web Tokens, user info of URLs, credentials of an npmrc or a header. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\bnpm_[A-Za-z0-9]{20,}/g, "***"],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?/g, "***"],
  [/(:\/\/)[^/\s@]+@/g, "$1***@"],
  [/(_authToken|_auth|_password|--otp)(\s*[=:]\s*|\s+)\S+/g, "$1$2***"],
  [/\b(Bearer|Basic)\s+[\w+/.~=-]{16,}/gi, "$1 ***"],
];

/**
 * Makes lines of a tool fit to be shown: without the environment's secrets (values of names like TOKEN or PASSWORD),
 * what looks like a secret, and what a terminal would act on; at most 8192 characters.
 */
export function createRedactor(env: Environment): (line: string) => string {
  const secrets = Object.entries(env).flatMap(([key, value]) => (SECRET_NAME.test(key) ? formsOf(value ?? "") : []));
  // The longest first: one secret may be part of another.
  const ordered = [...new Set(secrets)].toSorted((left, right) => right.length - left.length);
  return (line) => {
    let shown = stripVTControlCharacters(line).replace(UNSEEN, "");
    for (const secret of ordered) shown = shown.replaceAll(secret, "***");
    for (const [shape, instead] of SHAPES) shown = shown.replace(shape, instead);
    return shown.length > LONGEST_LINE ? `${shown.slice(0, LONGEST_LINE)}…` : shown;
  };
}

/** Each line of a value, as it is and as a URL has it. */
function formsOf(value: string): string[] {
  const lines = [value, ...value.split(/\r?\n/)].map((line) => line.trim());
  return lines
    .filter((line) => line.length >= SHORTEST_SECRET && line !== "false" && line.isWellFormed())
    .flatMap((line) => [line, encodeURIComponent(line)]);
}
