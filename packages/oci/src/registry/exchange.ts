import type { Credentials, HttpAnswer, HttpRequest } from "@colophon/http";
import { OciError } from "../error.ts";
import { formatRepository, type Repository } from "../reference.ts";
import { authorize, refused, type Actions } from "./authorize.ts";
import { originOf, type Connection } from "./connection.ts";
import { errorOfFailure } from "./failure.ts";

/** A request to the API of a registry. */
export interface ExchangeRequest extends Pick<HttpRequest, "method" | "accept" | "maxBytes" | "body"> {
  /** Below `/v2/<repository>/`, or a whole URL on the registry's origin. */
  readonly path: string;
  /** Default: `pull`. */
  readonly actions?: Actions;
}

export type RegistryAnswer = Extract<HttpAnswer, { readonly outcome: "answered" }>;

/**
 * Sends a request, and after a 401 once more with what that asks for. One authorization serves all requests of a
 * repository. Any other status is an answer, but for 401 and 403. Throws OciError.
 */
export async function exchange(
  connection: Connection,
  repository: Repository,
  { path, actions = "pull", ...request }: ExchangeRequest,
): Promise<RegistryAnswer> {
  const origin = originOf(repository, connection.plainHttp);
  const url = path.startsWith(`${origin}/`) ? path : `${origin}/v2/${repository.repository}/${path}`;
  const send = async (credentials?: Credentials): Promise<RegistryAnswer> => {
    const answer = await connection.http.fetchBytes({ ...request, url, ...(credentials && { credentials }) });
    if (answer.outcome === "failed") throw errorOfFailure(answer.reason);
    return answer;
  };
  const { authorizations } = connection;
  const name = formatRepository(repository);
  const key = `${name} ${actions}`;
  const used = authorizations.get(key);
  const before = await used;
  let answer = await send(before instanceof OciError ? undefined : before);
  if (answer.code === 401) {
    if (before instanceof OciError) throw before;
    // Of all that find a token out of date, the first gets another one for all.
    if (authorizations.get(key) === used) {
      const asked = authorize(connection, repository, actions, answer.headers["www-authenticate"]);
      authorizations.set(key, asked.catch(keepRefusal(() => authorizations.delete(key))));
    }
    const fresh = await authorizations.get(key);
    if (fresh instanceof OciError) throw fresh;
    answer = await send(fresh);
  }
  if (answer.code === 401 || answer.code === 403) throw await refused(connection, repository, answer.code);
  if (answer.code === 200) connection.known.add(name);
  return answer;
}

/** A refusal stays one; after anything else it is tried again. */
function keepRefusal(forget: () => void): (error: unknown) => OciError {
  return (error) => {
    if (!(error instanceof OciError)) throw error;
    if (error.code !== "ACCESS_DENIED") forget();
    return error;
  };
}
