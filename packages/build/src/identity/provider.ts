import type { IdentityProvider } from "@colophon/core";
import type { Http } from "@colophon/http";
import { platformOf, variable, type Env } from "../platform.ts";
import { hasTokenEndpoint, requestGitHubToken } from "./github-token.ts";
import { requireIssuer } from "./issuer.ts";
import { noToken } from "./no-token.ts";
import { readTokenFile } from "./token-file.ts";
import { readIdentityToken } from "./token.ts";

export interface IdentityOptions {
  readonly env: Env;
  readonly now: () => Date;
  /** Asked for tokens of GitHub Actions only; it must trust `tokenEndpointHost(env)`. */
  readonly http: Http;
  /** Path of a file with the token. It ranks above the environment. */
  readonly tokenFile?: string;
  /** An issuer that the user accepts besides the job's own, compared exactly. */
  readonly acceptedIssuer?: string;
}

/**
 * Identity tokens from the file, else from SIGSTORE_ID_TOKEN (which is also how GitLab gives them), else from GitHub's
 * runner. Rejects with BuildError; see its codes.
 */
export function createIdentityProvider(options: IdentityOptions): IdentityProvider {
  const { env, now, acceptedIssuer } = options;
  return {
    async token(audience) {
      const { text, from, audienceHint } = await findToken(options, audience);
      const token = readIdentityToken(text, { audience, now: now(), from, audienceHint });
      requireIssuer(token, env, acceptedIssuer);
      return token;
    },
  };
}

interface Found {
  readonly text: string;
  readonly from: string;
  readonly audienceHint: string;
}

async function findToken({ env, http, tokenFile }: IdentityOptions, audience: string): Promise<Found> {
  if (tokenFile !== undefined) {
    return { text: await readTokenFile(tokenFile), from: tokenFile, audienceHint: "Ask for one with that audience." };
  }
  const given = variable(env, "SIGSTORE_ID_TOKEN");
  if (given !== undefined) {
    const onGitLab = `Write in the job:\n  id_tokens:\n    SIGSTORE_ID_TOKEN:\n      aud: ${audience}`;
    const audienceHint = platformOf(env) === "gitlab-ci" ? onGitLab : "Ask for one with that audience.";
    return { text: given, from: "SIGSTORE_ID_TOKEN", audienceHint };
  }
  if (platformOf(env) === "github-actions" && hasTokenEndpoint(env)) {
    const from = "ACTIONS_ID_TOKEN_REQUEST_URL";
    return { text: await requestGitHubToken(env, http, audience), from, audienceHint: "Check what answers there." };
  }
  throw await noToken(env);
}
