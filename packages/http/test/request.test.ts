import { expect, it, test } from "vitest";
import { client, serve } from "./loopback.ts";

const url = "https://registry.example/";

test.each([
  ["maxBytes", { maxBytes: Number.NaN }],
  ["maxBytes", { maxBytes: -1 }],
  ["timeoutMs", { maxBytes: 1, timeoutMs: 0 }],
  ["Authorization", { maxBytes: 1, headers: { Authorization: "canary" } }],
  ["cookie", { maxBytes: 1, headers: { cookie: "canary" } }],
  ["proxy-authorization", { maxBytes: 1, headers: { "proxy-authorization": "canary" } }],
  ["x-a", { maxBytes: 1, headers: { "x-a": "canary\r\nx-b: c" } }],
  ["accept", { maxBytes: 1, accept: "canary\n" }],
  ["content-type", { maxBytes: 1, method: "POST" as const, body: { bytes: new Uint8Array(), mediaType: "canary\n" } }],
  ["POST", { maxBytes: 1, method: "POST" as const }],
  ["GET", { maxBytes: 1, body: { bytes: new TextEncoder().encode("canary"), mediaType: "text/plain" } }],
  ["authorization", { maxBytes: 1, credentials: { authorization: "canary\n", scope: url } }],
])("throws for a request whose %s cannot be meant", async (name, request) => {
  const error: unknown = await client([])
    .fetchBytes({ url, ...request })
    .catch((problem: unknown) => problem);
  expect(error).toMatchObject({ name: "HttpError", code: "OPTION_INVALID" });
  expect(String(error)).toContain(name);
  expect(String(error)).not.toContain("canary");
});

test.each([
  ["https://user:canary@registry.example:8443/a?canary#canary", "https://registry.example:8443"],
  ["canary@registry", "registry"],
])("names whose token no header can carry, of %s", async (from, told) => {
  const credentials = { authorization: "Bearer canary\u2019", scope: url };
  await expect(client([]).fetchBytes({ url: from, maxBytes: 1, credentials })).rejects.toMatchObject({
    code: "OPTION_INVALID",
    message: `the authorization for ${told} has characters that no header can carry`,
    hint: "Check the token configured for it: a line break or another stray character may have been copied along.",
  });
});

it("sends accept, the user agent and the caller's headers", async () => {
  const server = await serve((_, response) => response.end());
  await client([server]).fetchBytes({ url: server.origin, maxBytes: 1, accept: "text/plain", headers: { "X-A": "b" } });
  expect(server.seen[0]?.headers).toMatchObject({ accept: "text/plain", "user-agent": "colophon-test", "x-a": "b" });
  expect(server.seen[0]?.method).toBe("GET");
});

it("answers with a failure where the URL, which may come from data, is none", async () => {
  const answer = await client([]).fetchBytes({ url: "registry", maxBytes: 1 });
  expect(answer).toEqual({ outcome: "failed", reason: { code: "url-refused", message: '"registry" is not a URL' } });
});
