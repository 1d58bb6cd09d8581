import { CoreError } from "./error.ts";

/** How deep values may nest: far more than any attestation does, far less than the stack bears. */
const MAX_DEPTH = 64;

/**
 * JSON.parse for hostile input: refuses duplicate keys, `__proto__`, and nesting past 64 levels.
 * `what` names the input in the message. Throws JSON_INVALID.
 */
export function parseStrictJson(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CoreError("JSON_INVALID", `${what} is not JSON${describeStart(text)}`, {
      hint: "Check that the file or answer is complete.",
      cause,
    });
  }
  const fault = findFault(text);
  if (fault !== undefined) throw new CoreError("JSON_INVALID", `${what}: ${fault}`);
  return value;
}

function describeStart(text: string): string {
  const start = text.trimStart().slice(0, 15).toLowerCase();
  if (start === "") return " (it is empty)";
  return start.startsWith("<!doctype") || start.startsWith("<html") ? " but HTML" : "";
}

/** The text is known to be JSON, so its tokens are all that needs to be told apart. */
function findFault(text: string): string | undefined {
  const token = /["{}[\],]/g;
  const open: (Set<string> | null)[] = [];
  let keyNext = false;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const found = match[0];
    const keys = open.at(-1);
    if (found === "{" || found === "[") {
      open.push(found === "{" ? new Set() : null);
      if (open.length > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels`;
      keyNext = true;
    } else if (found === "}" || found === "]") {
      open.pop();
    } else if (found === ",") {
      keyNext = true;
    } else {
      token.lastIndex = endOfString(text, match.index);
      if (!keyNext || !keys) continue;
      const written = text.slice(match.index, token.lastIndex);
      const key = JSON.parse(written) as string;
      if (key === "__proto__") return 'the key "__proto__" is not accepted';
      if (keys.has(key)) return `the key ${written.slice(0, 80)} stands twice in one object`;
      keys.add(key);
      keyNext = false;
    }
  }
  return undefined;
}

/** A loop, because a regular expression's stack overflows on a string of some million characters. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The string at that key, or undefined where it is absent or something else. */
export function stringAt(value: unknown, key: string): string | undefined {
  const found = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof found === "string" ? found : undefined;
}

/** The object at that key, or undefined where it is absent or something else. */
export function objectAt(value: unknown, key: string): JsonObject | undefined {
  const found = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return isObject(found) ? found : undefined;
}

/** The array at that key, or undefined where it is absent or something else. */
export function arrayAt(value: unknown, key: string): readonly unknown[] | undefined {
  const found = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return Array.isArray(found) ? found : undefined;
}
