import { randomBytes } from "node:crypto";
import type { Reply, Request } from "../loopback-server.ts";
import { fail, NOT_ALLOWED, toJson } from "./answers.ts";
import { SERVICE, toBasic, type BearerAuth, type Target } from "./auth.ts";

/** The tokens of a registry. */
export interface Tokens {
  allow(authorization: string, target: Target): boolean;
  /**
   * Answers the token endpoint: `GET` with basic credentials or none, and the form of OAuth 2 by `POST`, for a password
   * or a refresh token. Whoever has no account gets `pull` alone, where that is open to everybody.
   */
  give(request: Request): Reply;
  /** No access token that was given so far is taken any more. */
  expire(): void;
}

/** Seconds that a token says it is good for. */
const LIFETIME_S = 300;

/** Makes the tokens of an account. */
export function createTokens(auth: BearerAuth): Tokens {
  /** What each token is good for, as `<repository>:<action>`. */
  const issued = new Map<string, ReadonlySet<string>>();
  const refreshTokens = new Set(auth.identityToken === undefined ? [] : [auth.identityToken]);

  const issue = (asked: URLSearchParams, isAccount: boolean, isOffline: boolean): Reply => {
    if (asked.get("service") !== SERVICE) return fail(400, "UNSUPPORTED", "the service is not known");
    const wanted = asked.getAll("scope").flatMap((scope) => scope.split(" ").flatMap(parseScope));
    const granted = wanted.filter((permission) => isAccount || permission.endsWith(":pull"));
    const token = randomBytes(18).toString("base64url");
    issued.set(`Bearer ${token}`, new Set(granted));
    const refreshToken = randomBytes(18).toString("base64url");
    if (isOffline) refreshTokens.add(refreshToken);
    return toJson({
      token,
      access_token: token,
      expires_in: LIFETIME_S,
      issued_at: new Date().toISOString(),
      ...(isOffline && { refresh_token: refreshToken }),
    });
  };
  return {
    allow(authorization, { repository, action }) {
      const granted = issued.get(authorization);
      return granted !== undefined && (repository === undefined || granted.has(`${repository}:${action}`));
    },
    give({ method, path, body, headers: { authorization } }) {
      if (method === "GET") {
        const asked = new URLSearchParams(path.split("?")[1]);
        if (authorization === undefined) return auth.anonymousPull === true ? issue(asked, false, false) : REFUSED;
        return authorization === toBasic(auth) ? issue(asked, true, asked.get("offline_token") === "true") : REFUSED;
      }
      if (method !== "POST") return NOT_ALLOWED;
      const form = new URLSearchParams(body);
      const { username, password } = auth;
      const isKnown =
        form.get("grant_type") === "refresh_token"
          ? refreshTokens.has(form.get("refresh_token") ?? "")
          : form.get("username") === username && form.get("password") === password;
      return isKnown ? issue(form, true, form.get("access_type") === "offline") : REFUSED;
    },
    expire: () => issued.clear(),
  };
}

const REFUSED: Reply = fail(401, "UNAUTHORIZED", "incorrect username or password");

/** `repository:<name>:<action>,…` as one permission for each action. */
function parseScope(scope: string): string[] {
  const [, name = "", actions = ""] = /^repository:(.+):([a-z,*]+)$/u.exec(scope) ?? [];
  return actions.split(",").map((action) => `${name}:${action}`);
}
