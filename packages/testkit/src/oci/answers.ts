import type { JsonValue } from "../json.ts";
import type { Reply } from "../loopback-server.ts";

/** An error as registries word it (OCI distribution specification, "Error Codes"). */
export function fail(status: number, code: string, message: string = code.toLowerCase().replaceAll("_", " ")): Reply {
  return toJson({ errors: [{ code, message }] }, { status });
}

/** JSON with a status, 200 by default. */
export function toJson(
  body: JsonValue,
  { status = 200, type = "application/json", headers = {} }: Partial<JsonAnswer> = {},
): Reply {
  return { status, headers: { "content-type": type, ...headers }, body: JSON.stringify(body) };
}

interface JsonAnswer {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const NOT_ALLOWED: Reply = fail(405, "UNSUPPORTED");
