/** A JSON value as it is read from or written to the wire. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
/** A JSON object; a member that is `undefined` is not written. */
export interface JsonObject {
  [member: string]: JsonValue | undefined;
}

/** JSON with sorted member names (RFC 8785), for the strings and safe integers that log entries hold. */
export function canonicalJson(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const members = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${members.join(",")}}`;
}

/** The object at a path of member names; `{}` where the path leads nowhere. */
export function memberObject(value: JsonValue | undefined, ...path: readonly string[]): JsonObject {
  let current = value;
  for (const name of path) current = isObject(current) ? current[name] : undefined;
  return isObject(current) ? current : {};
}

/** The string member of an object; empty where it is absent or no string. */
export function memberString(value: JsonObject, name: string): string {
  const member = value[name];
  return typeof member === "string" ? member : "";
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
