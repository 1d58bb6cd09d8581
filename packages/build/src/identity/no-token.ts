import { BuildError, quote } from "../error.ts";
import { platformOf, variable, type Env } from "../platform.ts";
import { isFromFork } from "./fork.ts";

/** Why there is no identity token in this environment, and what to do about it. */
export async function noToken(env: Env): Promise<BuildError> {
  switch (platformOf(env)) {
    case "github-actions":
      return noGitHubToken(env);
    case "gitlab-ci":
      return new BuildError(
        "no-id-token",
        `${jobOf(env["CI_JOB_NAME"])} has no identity token: SIGSTORE_ID_TOKEN is not set`,
        {
          hint: "Add to the job:\n  id_tokens:\n    SIGSTORE_ID_TOKEN:\n      aud: sigstore",
        },
      );
    case "local":
      return new BuildError("no-id-token", "there is no identity token here: this is no CI that gives one", {
        hint: "Set SIGSTORE_ID_TOKEN, name a file that holds a token, or sign with a key. In a CI, let the tool that runs this hand on the job's environment.",
      });
  }
}

async function noGitHubToken(env: Env): Promise<BuildError> {
  if (variable(env, "ACTIONS_ID_TOKEN_REQUEST_URL") !== undefined) {
    return new BuildError(
      "no-id-token",
      "ACTIONS_ID_TOKEN_REQUEST_TOKEN is not set, though ACTIONS_ID_TOKEN_REQUEST_URL is",
      {
        hint: "Hand on both variables to the step, container or task (turbo.json: passThroughEnv) that signs.",
      },
    );
  }
  if (await isFromFork(env)) {
    return new BuildError("no-id-token-fork", "a pull request from a fork gets no identity token", {
      hint: "Attest after the merge, in a workflow that runs on a push or a release.",
    });
  }
  const file = /\/(\.github\/workflows\/[^@]+)@/.exec(env["GITHUB_WORKFLOW_REF"] ?? "")?.[1];
  const where = file === undefined ? "" : ` of ${quote(file)}`;
  const hints = [
    "Give the job the permission, in its own block where it has one, and in every workflow that calls it:\n" +
      "  permissions:\n    id-token: write",
  ];
  if (env["GITHUB_ACTOR"] === "dependabot[bot]")
    hints.push("Runs that Dependabot triggers get no token: attest after the merge.");
  return new BuildError("no-id-token", `${jobOf(env["GITHUB_JOB"])}${where} may not ask for an identity token`, {
    hint: hints.join("\n"),
  });
}

function jobOf(name: string | undefined): string {
  return name === undefined || name === "" ? "the job" : `the job ${quote(name)}`;
}
