import { stringAt } from "@colophon/core";
import type { Credentials, Http, HttpRequest } from "@colophon/http";
import type { Login } from "../credentials/login.ts";
import { readJson } from "../json.ts";
import { accessDenied, errorOfFailure, errorOfStatus, unreadable } from "./failure.ts";

/** What a token service is asked for. */
export interface TokenRequest {
  readonly http: Http;
  readonly realm: URL;
  readonly service: string | undefined;
  /** `repository:<name>:<actions>`. What the registry's challenge would like to have is not asked for. */
  readonly scope: string;
  /** Absent: an anonymous token. */
  readonly login: Exclude<Login, { readonly kind: "bearer" }> | undefined;
  /** What to do where the service refuses. */
  readonly hint: string;
}

const MOST_BYTES = 256 * 1024;

/**
 * Gets a token: by GET, or with an identity token by POST (distribution project, "Token Authentication
 * Specification" and "OAuth2 Token Authentication"). Throws OciError, which repeats nothing of the answer.
 */
export async function fetchToken(request: TokenRequest): Promise<string> {
  const answer = await request.http.fetchBytes(toHttpRequest(request));
  if (answer.outcome === "failed") throw errorOfFailure(answer.reason);
  const where = `the token service ${request.realm.host}`;
  if (answer.code === 401 || answer.code === 403) throw accessDenied(`${where}: ${answer.code}`, request.hint);
  // That a token service is not there says nothing of an image.
  if (answer.code === 404) throw unreadable(`${where} answers 404`);
  if (answer.code !== 200) throw errorOfStatus(answer, where, true);
  const written = readJson(answer.bytes);
  const token = stringAt(written, "token") || stringAt(written, "access_token");
  if (token === undefined || !/^[\x21-\x7e]+$/.test(token)) throw unreadable(`${where} answers with no token`);
  return token;
}

function toHttpRequest({ realm, service, scope, login }: TokenRequest): HttpRequest {
  const parameters = { ...(service !== undefined && { service }), scope };
  if (login?.kind === "identity") {
    const form = { grant_type: "refresh_token", client_id: "colophon", ...parameters, refresh_token: login.token };
    const bytes = Buffer.from(new URLSearchParams(form).toString());
    const body = { bytes, mediaType: "application/x-www-form-urlencoded" };
    return { url: realm.href, method: "POST", body, accept: "application/json", maxBytes: MOST_BYTES };
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
  const credentials: Credentials | undefined = login && {
    authorization: toBasic(login),
    scope: `${realm.origin}${realm.pathname}`,
  };
  return { url: url.href, accept: "application/json", maxBytes: MOST_BYTES, ...(credentials && { credentials }) };
}

/** RFC 7617, in UTF-8. */
export function toBasic({ username, password }: Extract<Login, { readonly kind: "basic" }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
