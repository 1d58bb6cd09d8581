import type { BuildDescription, BuildObserver, IdentityToken } from "@colophon/core";
import { requireIssuer } from "../identity/issuer.ts";
import { platformOf, type Env } from "../platform.ts";
import { requireBuiltHere } from "../turborepo/cache.ts";
import type { RunSummary } from "../turborepo/run-summary.ts";
import { readCheckout, type Checkout, type GitFacts } from "./git-facts.ts";
import { describeGitHub } from "./github.ts";
import { describeGitLab } from "./gitlab.ts";
import { addInputs, type InputFile } from "./inputs.ts";
import { describeLocal } from "./local.ts";

export interface BuildOptions {
  readonly env: Env;
  /** Absent outside a git checkout. */
  readonly git?: GitFacts;
  /** Lockfiles, and whatever else fixes what was built from. */
  readonly files?: readonly InputFile[];
  /** The turborepo run that made the artifacts, see `parseRunSummary`. */
  readonly runSummary?: RunSummary;
  /** Describe the build even where a task's outputs came from a remote cache. */
  readonly acceptRemoteCache?: boolean;
  /** An issuer that the user accepts besides the job's own, compared exactly. */
  readonly acceptedIssuer?: string;
}

/** Observes the build that this process is part of. Rejects with BuildError; see its codes. */
export function createBuildObserver(options: BuildOptions): BuildObserver {
  const { env, git = {}, files = [], runSummary, acceptRemoteCache = false, acceptedIssuer } = options;
  return {
    async describe(token) {
      if (token !== undefined) requireIssuer(token, env, acceptedIssuer);
      const checkout = readCheckout(git);
      const seen = describePlatform(env, checkout, token);
      if (runSummary !== undefined)
        requireBuiltHere(runSummary, [seen.source?.commit, checkout.commit], acceptRemoteCache);
      return addInputs(seen, { checkout, files, runSummary });
    },
  };
}

function describePlatform(env: Env, checkout: Checkout, token: IdentityToken | undefined): BuildDescription {
  switch (platformOf(env)) {
    case "github-actions":
      return describeGitHub(env, token);
    case "gitlab-ci":
      return describeGitLab(env, token);
    case "local":
      return describeLocal(env, checkout, token);
  }
}
