import type { Credentials } from "@colophon/http";
import type { HelperAnswer } from "../credentials/helper.ts";
import type { OciError } from "../error.ts";
import type { Repository } from "../reference.ts";
import { parseChallenge } from "./challenge.ts";
import { originOf, type Connection } from "./connection.ts";
import { accessDenied, unreadable } from "./failure.ts";
import { isTokenServiceOf, mayBeAsked } from "./token-service.ts";
import { fetchToken, toBasic } from "./token.ts";

export type Actions = "pull" | "pull,push";

/**
 * Gets what a registry's 401 asks for, with the machine's login where there is one. Credentials go to the registry
 * and to its own token service; another one is asked for an anonymous token. Throws OciError.
 */
export async function authorize(
  connection: Connection,
  repository: Repository,
  actions: Actions,
  header: string | undefined,
): Promise<Credentials> {
  const origin = originOf(repository, connection.plainHttp);
  const found = await connection.credentials.find(repository);
  const { login } = found;
  const toCredentials = (authorization: string): Credentials => ({ authorization, scope: `${origin}/v2/` });
  if (login?.kind === "bearer") return toCredentials(`Bearer ${login.token}`);
  const challenge = parseChallenge(header);
  if (challenge === undefined) throw accessDenied("401, without a way to log in", hintFor(repository, found));
  if (challenge.scheme === "basic") {
    if (login?.kind !== "basic") throw accessDenied("401", hintFor(repository, found));
    return toCredentials(toBasic(login));
  }
  const realm = URL.parse(challenge.realm, origin);
  if (realm === null || !mayBeAsked(realm, origin)) throw unreadable("it names a token service that is no https URL");
  const isOwn = isTokenServiceOf(realm.hostname, repository);
  const withheld = isOwn || login === undefined ? undefined : realm.host;
  const token = await fetchToken({
    http: connection.http,
    realm,
    service: challenge.service,
    scope: `repository:${repository.repository}:${actions}`,
    login: isOwn ? login : undefined,
    hint: hintFor(repository, found, withheld),
  });
  return toCredentials(`Bearer ${token}`);
}

/** What to do where a registry refuses. */
export function hintFor({ registry }: Repository, { login, fault }: HelperAnswer, withheld?: string): string {
  if (withheld !== undefined) {
    return `Its token service is another host, ${withheld}, which gets no credentials of ${registry}: ask its operator.`;
  }
  if (fault !== undefined) return `Mend the login for ${registry}: ${fault}.`;
  return login === undefined
    ? `Check the name, or log in: docker login ${registry}.`
    : `Check the name, and that the login for ${registry} is still good and may read it.`;
}

/** What is said of a 401 or 403 that no login helps against. */
export async function refused(connection: Connection, repository: Repository, code: number): Promise<OciError> {
  return accessDenied(String(code), hintFor(repository, await connection.credentials.find(repository)));
}
