import type { JsonObject, JsonValue } from "../json.ts";
import type { Reply } from "../loopback-server.ts";

const MOST_PER_PAGE = 100;
const PER_PAGE = 30;

/** JSON of the API. */
export function toJson(status: number, body: JsonValue, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}

/** An error as the API words it; octokit shows message and errors. */
export function fail(status: number, message: string, errors?: JsonObject[]): Reply {
  const documentation_url = "https://docs.github.com/rest";
  return toJson(status, { message, ...(errors && { errors }), documentation_url, status: String(status) });
}

/** 422 for a name or tag that is taken. */
export function taken(resource: string, field: string): Reply {
  return fail(422, "Validation Failed", [{ resource, code: "already_exists", field }]);
}

/** One page of a list, with the link to the next (`per_page`, `page`). */
export function toPage(items: readonly JsonObject[], address: URL): Reply {
  const numberOf = (name: string, otherwise: number): number => Number(address.searchParams.get(name)) || otherwise;
  const size = Math.min(numberOf("per_page", PER_PAGE), MOST_PER_PAGE);
  const page = numberOf("page", 1);
  const next = new URL(address);
  next.searchParams.set("page", String(page + 1));
  const link = page * size < items.length ? { link: `<${next.href}>; rel="next"` } : undefined;
  return toJson(200, items.slice((page - 1) * size, page * size), link);
}
