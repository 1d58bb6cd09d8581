import { isObject, type JsonObject } from "@colophon/core";
import { GoreleaserError, quote, type GoreleaserErrorCode } from "./error.ts";

/** What a member must be where it is there. Members that are not listed may be anything. */
export type Members = Readonly<Record<string, "text" | "date" | "size" | "object">>;

const KINDS = {
  text: { holds: (value: unknown) => typeof value === "string", says: "a text" },
  date: {
    holds: (value: unknown) =>
      typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value),
    says: "a date and time as in RFC 3339",
  },
  size: {
    holds: (value: unknown) => typeof value === "number" && Number.isInteger(value) && value >= 0,
    says: "a whole number from 0",
  },
  object: { holds: isObject, says: "an object" },
} as const;

/** Holds an object to a table of members. `where` names it in the message; throws the given code. */
export function readMembers(
  value: unknown,
  members: Members,
  required: readonly string[],
  where: string,
  code: GoreleaserErrorCode,
): JsonObject {
  if (!isObject(value)) throw new GoreleaserError(code, `${where} is ${quote(value)}, not an object`);
  const absent = required.find((key) => !Object.hasOwn(value, key));
  if (absent !== undefined) throw new GoreleaserError(code, `${where} has no "${absent}"`);
  for (const [key, kind] of Object.entries(members)) {
    const { holds, says } = KINDS[kind];
    if (Object.hasOwn(value, key) && !holds(value[key])) {
      throw new GoreleaserError(code, `${where}: "${key}" is ${quote(value[key])}, not ${says}`);
    }
  }
  return value;
}
