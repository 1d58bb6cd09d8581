import { createPublicKey, sign, type KeyObject } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/** The claims of an identity token, `iss` among them; its times and audience are added. */
export type Claims = Readonly<Record<string, string>>;

/** The issuer of the tokens of GitHub's own jobs. */
export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

const KEY_ID = "loopback";
const LIFETIME_SECONDS = 600;

/** A JSON Web Token (RFC 7519) for Fulcio, signed with an RSA key. */
export function signToken(key: KeyObject, claims: Claims): string {
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, nbf: now - 5, exp: now + LIFETIME_SECONDS };
  const parts = [
    { alg: "RS256", typ: "JWT", kid: KEY_ID },
    { aud: "sigstore", ...claims, ...times },
  ];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
}

/** Where a job asks for its token, as `ACTIONS_ID_TOKEN_REQUEST_URL` names it: here it holds the claims to be signed. */
export function toTokenRequestUrl(issuer: string, claims: Claims): string {
  return `${issuer}/token?claims=${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
}

/** Answers as an OpenID Connect issuer (Discovery 1.0) and as the token endpoint of GitHub's runners. */
export function createIssuer(url: string, key: KeyObject): RequestListener {
  const jwk = { ...createPublicKey(key).export({ format: "jwk" }), kid: KEY_ID, alg: "RS256", use: "sig" };
  const documents: Readonly<Record<string, object>> = {
    "/.well-known/openid-configuration": {
      issuer: url,
      jwks_uri: `${url}/jwks`,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    },
    "/jwks": { keys: [jwk] },
  };
  return (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", url);
    const claims = searchParams.get("claims");
    const answer =
      pathname === "/token" && claims !== null
        ? { value: signToken(key, JSON.parse(Buffer.from(claims, "base64url").toString()) as Claims) }
        : documents[pathname];
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { message: `nothing at ${pathname}` }));
  };
}
