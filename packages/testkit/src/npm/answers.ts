import { createHash } from "node:crypto";
import type { JsonObject } from "../json.ts";
import type { Reply, Request } from "../loopback-server.ts";

/** Media type of the abbreviated packument. */
export const ABBREVIATED = "application/vnd.npm.install-v1+json";

/** 200 with a tag to revalidate by, as registries answer what is read. */
export function toJson(body: JsonObject, contentType = "application/json"): Reply {
  const text = JSON.stringify(body);
  const etag = `"${createHash("sha256").update(text).digest("hex").slice(0, 32)}"`;
  return { status: 200, headers: { "content-type": contentType, etag, vary: "accept" }, body: text };
}

/** 201 for what was written. */
export function created(body: JsonObject): Reply {
  return { status: 201, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** An error as npm's registry words it: the client shows `error`. */
export function fail(status: number, error: string): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ error }) };
}

/** 304 where the client has that answer already. */
export function revalidate(request: Request, reply: Reply): Reply {
  const etag = reply.headers?.["etag"];
  if (etag === undefined || request.headers["if-none-match"] !== etag) return reply;
  return { status: 304, headers: { etag } };
}
