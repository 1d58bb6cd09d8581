import { serveLoopback, type Request } from "./loopback-server.ts";
import { createFaults, type Script } from "./faults.ts";
import { toGitHubClaims, type GitHubIdentity } from "./sigstore/identity.ts";

/** A job of a GitHub workflow that may ask for identity tokens. */
export interface GitHubJob {
  /** What the runner sets. */
  readonly env: Readonly<Record<string, string>>;
  /** Requests for tokens so far. */
  readonly requests: readonly Request[];
  /** Scripts what the token endpoint answers from now on. */
  readonly respond: (script: Script) => void;
  close(): Promise<void>;
}

export interface GitHubJobOptions {
  /** When the tokens are issued; they hold for five minutes. Default now. */
  readonly clock?: Date;
  /** Claims that differ from those of the identity; one that is `undefined` is left out. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

const REQUEST_TOKEN = "request-token-of-the-job";
const LIFETIME_SECONDS = 300;

/** Sets up a job, and on loopback the endpoint that gives it tokens. They are not signed, which Fulcio's stand-in allows. */
export async function startGitHubJob(identity: GitHubIdentity, options: GitHubJobOptions = {}): Promise<GitHubJob> {
  const { clock = new Date() } = options;
  const issuedAt = Math.floor(clock.getTime() / 1000);
  const requests: Request[] = [];
  const faults = createFaults();
  const server = await serveLoopback((request) => {
    requests.push(request);
    return faults.apply(request, async () => {
      if (request.headers.authorization !== `Bearer ${REQUEST_TOKEN}`) return { status: 401 };
      const aud = new URL(request.path, server.url).searchParams.get("audience");
      const times = { iat: issuedAt, nbf: issuedAt - 60, exp: issuedAt + LIFETIME_SECONDS };
      const value = toUnsignedToken({ ...toGitHubClaims(identity), aud, ...times, ...options.claims });
      return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ value }) };
    });
  });
  return {
    env: {
      ...toEnvironment(identity),
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/idtoken/plan-1?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
    },
    requests,
    respond: (script) => faults.respond(/./u, script),
    close: () => server.close(),
  };
}

/** A JWT with these claims, whose signature is none. */
export function toUnsignedToken(claims: Readonly<Record<string, unknown>>): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}.${Buffer.from("not signed").toString("base64url")}`;
}

function toEnvironment(identity: GitHubIdentity): Record<string, string> {
  const claims = toGitHubClaims(identity);
  return {
    GITHUB_ACTIONS: "true",
    GITHUB_EVENT_NAME: identity.trigger,
    GITHUB_JOB: "release",
    GITHUB_REF: identity.ref,
    GITHUB_REPOSITORY: identity.repository,
    GITHUB_REPOSITORY_ID: claims["repository_id"] ?? "",
    GITHUB_REPOSITORY_OWNER_ID: claims["repository_owner_id"] ?? "",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_RUN_ID: identity.runId,
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_SHA: identity.sha,
    GITHUB_WORKFLOW_REF: claims["workflow_ref"] ?? "",
    GITHUB_WORKFLOW_SHA: identity.sha,
    RUNNER_ENVIRONMENT: identity.runner,
  };
}
