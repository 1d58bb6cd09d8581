import { parseStrictJson, stringAt } from "@colophon/core";
import { HttpError, type Http, type HttpFailure } from "@colophon/http";
import { BuildError } from "../error.ts";
import { isConfidential, variable, type Env } from "../platform.ts";

const URL_VARIABLE = "ACTIONS_ID_TOKEN_REQUEST_URL";
const TOKEN_VARIABLE = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
const MAX_BYTES = 262_144;
const TIMEOUT_MS = 30_000;
/** Not being answered now, which a later run can mend. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * The host of the token endpoint, to be named in `trustedHosts` of the HTTP client: on a private network, or on
 * loopback, the runner vouches for it. Null where no endpoint that may be asked is set.
 */
export function tokenEndpointHost(env: Env): string | null {
  const url = URL.parse(variable(env, URL_VARIABLE) ?? "");
  return url !== null && isConfidential(url) ? url.host : null;
}

/** Whether the runner gave this job what a token is asked for with. */
export function hasTokenEndpoint(env: Env): boolean {
  return variable(env, URL_VARIABLE) !== undefined && variable(env, TOKEN_VARIABLE) !== undefined;
}

/**
 * Asks GitHub's runner for an identity token (docs.github.com, OpenID Connect reference: requesting the JWT).
 * Throws `token-endpoint` and `token-endpoint-unavailable`; neither repeats the request's token.
 */
export async function requestGitHubToken(env: Env, http: Http, audience: string): Promise<string> {
  const url = URL.parse(variable(env, URL_VARIABLE) ?? "");
  if (url === null || !isConfidential(url)) {
    throw new BuildError("token-endpoint", `${URL_VARIABLE} is no https URL, so no token is asked for there`, {
      hint: "The runner sets it; check what changes it.",
    });
  }
  url.searchParams.set("audience", audience);
  const answer = await http
    // A stream, because those are never written to a cache.
    .fetchStream(
      {
        url: url.href,
        accept: "application/json",
        credentials: {
          authorization: `Bearer ${variable(env, TOKEN_VARIABLE)}`,
          scope: `${url.origin}${url.pathname}`,
        },
        maxBytes: MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
      },
      async (body, { code }) => (code === 200 ? collectText(body) : ""),
    )
    .catch((cause: unknown) => {
      if (!(cause instanceof HttpError)) throw cause;
      throw new BuildError("token-endpoint", `${TOKEN_VARIABLE} cannot be sent: ${cause.message}`, {
        hint: "The runner sets it; check what changes it.",
      });
    });
  if (answer.outcome === "failed") throw failedRequest(answer.reason);
  if (answer.code !== 200) throw refusedRequest(answer.code);
  return readAnswer(answer.value);
}

async function collectText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** `{"value": "<JWT>"}`. No cause is kept: a parser's message quotes what it stumbled over. */
function readAnswer(text: string): string {
  let token: string | undefined;
  try {
    token = stringAt(parseStrictJson(text, "the answer"), "value");
  } catch {
    token = undefined;
  }
  if (token !== undefined) return token;
  throw new BuildError("token-endpoint", `the endpoint of ${URL_VARIABLE} answers without a token`, {
    hint: "The runner sets it; check what changes it.",
  });
}

function failedRequest({ code, message, hint }: HttpFailure): BuildError {
  const refused = code === "url-refused" || code === "private-address" || code === "redirect-refused";
  return new BuildError(
    refused || code === "too-large" || code === "unreadable" ? "token-endpoint" : "token-endpoint-unavailable",
    `no identity token from ${URL_VARIABLE}: ${message}`,
    hint === undefined ? {} : { hint },
  );
}

function refusedRequest(code: number): BuildError {
  if (PASSING.has(code)) {
    return new BuildError("token-endpoint-unavailable", `the endpoint of ${URL_VARIABLE} still answers ${code}`, {
      hint: "Run the job again later.",
    });
  }
  return new BuildError(
    "token-endpoint",
    `the endpoint of ${URL_VARIABLE} refuses to give a token: it answers ${code}`,
    {
      hint: `${TOKEN_VARIABLE} holds for its own job only, and no longer than the job runs.`,
    },
  );
}
