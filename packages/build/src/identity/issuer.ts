import { GITHUB_ISSUER, GITLAB_ISSUER, isEnterpriseIssuer, type IdentityToken } from "@colophon/core";
import { BuildError, quote } from "../error.ts";
import { isConfidential, platformOf, serverOf, type Env } from "../platform.ts";

/**
 * Holds a token's issuer against the one that speaks for this job, or against `accepted`, which the user named; both
 * exactly, but for the slug that an enterprise can have appended. Outside a CI any issuer may vouch for a person.
 * Throws `token-issuer`, which tells the issuer and never the token.
 */
export function requireIssuer({ issuer }: IdentityToken, env: Env, accepted?: string): void {
  if (issuer === accepted) return;
  const expected = issuerOf(env);
  if (expected === undefined) {
    const url = URL.parse(issuer);
    if (url !== null && isConfidential(url)) return;
    throw new BuildError(
      "token-issuer",
      `the identity token is of the issuer ${quote(issuer)}, which is no https URL`,
      {
        hint: "Give an OpenID Connect identity token of an issuer that the authority knows.",
      },
    );
  }
  const { base, slug } = expected;
  if (issuer === base || (slug && isEnterpriseIssuer(issuer, base))) return;
  const allowed = slug ? `${base}, with or without an enterprise's name behind it` : base;
  throw new BuildError(
    "token-issuer",
    `the identity token is of the issuer ${quote(issuer)}; this job's is ${allowed}`,
    {
      hint:
        "Unset SIGSTORE_ID_TOKEN and give no token file, so that the job's own token is used. If the issuer is your own, " +
        "name it with --identity-token-issuer.",
    },
  );
}

function issuerOf(env: Env): { readonly base: string; readonly slug: boolean } | undefined {
  const platform = platformOf(env);
  if (platform === "local") return undefined;
  if (platform === "gitlab-ci") return { base: serverOf(env, "CI_SERVER_URL", GITLAB_ISSUER), slug: false };
  const server = serverOf(env, "GITHUB_SERVER_URL", GITHUB_SERVER);
  if (isEnterpriseServer(server)) return { base: `${server}/_services/token`, slug: false };
  const host = server.slice("https://".length);
  return { base: server === GITHUB_SERVER ? GITHUB_ISSUER : `https://token.actions.${host}`, slug: true };
}

export const GITHUB_SERVER = "https://github.com";

/** GitHub Enterprise Server; github.com and the tenants of ghe.com are GitHub's own. */
export function isEnterpriseServer(server: string): boolean {
  return server !== GITHUB_SERVER && !/^https:\/\/[a-z0-9-]+\.ghe\.com$/.test(server);
}
