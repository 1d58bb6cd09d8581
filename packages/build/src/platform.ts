import type { BuildDescription } from "@colophon/core";
import { BuildError, quote } from "./error.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** What runs workflows of GitHub's kind without being GitHub: these set GITHUB_ACTIONS too. */
const LOOK_ALIKES = ["ACT", "GITEA_ACTIONS", "FORGEJO_ACTIONS"];

export function platformOf(env: Env): BuildDescription["platform"] {
  const onGitHub = env["GITHUB_ACTIONS"] === "true" && LOOK_ALIKES.every((name) => variable(env, name) === undefined);
  if (onGitHub) return "github-actions";
  return env["GITLAB_CI"] === "true" ? "gitlab-ci" : "local";
}

/** A variable's value; an empty one counts as not set, as both platforms have it. */
export function variable(env: Env, name: string): string | undefined {
  const value = env[name];
  return value === "" ? undefined : value;
}

/** The address of the CI's server without a slash at the end. Throws `environment-invalid`. */
export function serverOf(env: Env, name: "GITHUB_SERVER_URL" | "CI_SERVER_URL", usual: string): string {
  const written = variable(env, name) ?? usual;
  const url = URL.parse(written);
  const bare = url === null ? "" : `${url.origin}${url.pathname.replace(/\/$/, "")}`;
  if (url?.protocol === "https:" && bare === written.replace(/\/$/, "")) return bare;
  throw new BuildError(
    "environment-invalid",
    `${name} is ${quote(written.replace(/\/\/.*@/, "//"))}, not the https URL of a server`,
    {
      hint: "Certificates and provenance name servers by https URLs alone.",
    },
  );
}

/** Whether a URL may carry a token: https, or plain http that stays on this machine. */
export function isConfidential(url: URL): boolean {
  if (url.username !== "" || url.password !== "") return false;
  const loopback = url.hostname === "localhost" || url.hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && loopback);
}
