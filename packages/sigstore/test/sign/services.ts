import { inspect } from "node:util";
import type { EnvelopeSigner, IdentityProvider, IdentityToken, JsonObject, SignedEnvelope } from "@colophon/core";
import { createHttp, type Http, type HttpOptions } from "@colophon/http";
import { toGitHubClaims, type Reply } from "@colophon/testkit";
import { onTestFinished } from "vitest";
import { isNotDone } from "../../src/sign/not-done.ts";
import { IDENTITY, STATEMENT } from "../embedded.ts";

/** Stands in every token, and must be nowhere but in requests for certificates. */
export const CANARY = "canary-6f1d";

export const CLAIMS: JsonObject = toGitHubClaims(IDENTITY);
export const STATEMENT_BYTES: Uint8Array = new TextEncoder().encode(JSON.stringify(STATEMENT));

/** A client that does not really wait between attempts; `timeoutMs` shortens every attempt. */
export function client(
  url: string,
  { timeoutMs, ...options }: Partial<HttpOptions> & { readonly timeoutMs?: number } = {},
): Http {
  const http = createHttp({
    userAgent: "colophon-test",
    trustedHosts: [new URL(url).host],
    sleep: async () => {},
    ...options,
  });
  onTestFinished(() => http.close());
  if (timeoutMs === undefined) return http;
  return { ...http, fetchBytes: (request) => http.fetchBytes({ ...request, timeoutMs }) };
}

/** Gives out unsigned tokens, and counts them. */
export function identity(claims: JsonObject = CLAIMS): IdentityProvider & { readonly audiences: string[] } {
  const audiences: string[] = [];
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  const token: IdentityToken = {
    issuer: String(claims["iss"]),
    claims,
    expiresAt: "2999-01-01T00:00:00.000Z",
    reveal: () => `e30.${payload}.${CANARY}`,
    toJSON: () => "[redacted]",
    toString: () => "[redacted]",
  };
  return {
    audiences,
    token: async (audience) => {
      audiences.push(audience);
      return token;
    },
  };
}

export async function signed(signer: EnvelopeSigner, statement = STATEMENT_BYTES): Promise<SignedEnvelope> {
  const envelope = await signer.sign(statement);
  if (isNotDone(envelope)) throw new Error(inspect(envelope));
  return envelope;
}

/** What came out, cut to what tests compare: `done`, or status and code. */
export function told(answer: object): string {
  return isNotDone(answer) ? `${answer.status} ${answer.reason.code}` : "done";
}

/** Keeps what the service answers, and changes nothing. */
export function keeper(): ((usual: Reply) => Reply) & { readonly replies: Reply[] } {
  const replies: Reply[] = [];
  const keep = (usual: Reply): Reply => {
    replies.push(usual);
    return usual;
  };
  return Object.assign(keep, { replies });
}

export type Json = Record<string, never>;

export function textOf({ body = "" }: Reply): string {
  return typeof body === "string" ? body : Buffer.from(body as Uint8Array).toString();
}

/** What a service answers, with its JSON changed in place. */
export function changed(change: (value: Json) => unknown): (usual: Reply) => Reply {
  return (usual) => {
    const value = JSON.parse(textOf(usual)) as Json;
    change(value);
    return { ...usual, headers: {}, body: JSON.stringify(value) };
  };
}

/** The one entry of a log's answer, with its canonicalised body changed. */
export function inBody(change: (spec: Json) => void): (usual: Reply) => Reply {
  return changed((value) => {
    const entry = ("canonicalizedBody" in value ? value : Object.values(value)[0]) as Record<string, string>;
    const member = "body" in entry ? "body" : "canonicalizedBody";
    const body = JSON.parse(Buffer.from(entry[member] ?? "", "base64").toString());
    change(body);
    entry[member] = Buffer.from(JSON.stringify(body)).toString("base64");
  });
}

/** Changes the text under that member wherever it is. */
export function replaceAt(value: unknown, member: string): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === member && typeof inner === "string") Object.assign(value, { [name]: "AAAA" });
    else replaceAt(inner, member);
  }
}

/** Everything that anybody could print of a value. */
export function shown(value: unknown): string {
  return inspect(value, { depth: Infinity, showHidden: true, getters: true, maxStringLength: null });
}
