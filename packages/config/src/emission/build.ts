import type { BuildDescription, IdentityToken } from "@colophon/core";
import type { GitFacts } from "@colophon/workspace";

export interface BuildRequest {
  readonly cwd: string;
  readonly git: GitFacts;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Claims that vouch for what the environment says. */
  readonly token?: IdentityToken;
  /** Bytes of a turborepo run summary, and what it is called. */
  readonly runSummary?: { readonly bytes: Uint8Array; readonly name: string };
  readonly acceptRemoteCache: boolean;
  /** An issuer that is accepted besides the platform's own. */
  readonly acceptedIssuer?: string;
}

/** The build that this process is part of, with its checkout and lockfile. Rejects with BuildError or WorkspaceError. */
export async function describeBuild(request: BuildRequest): Promise<BuildDescription> {
  const { cwd, git: facts, env, token, runSummary, acceptRemoteCache, acceptedIssuer } = request;
  const [{ createBuildObserver, parseRunSummary }, { readLockfile }] = await Promise.all([
    import("@colophon/build"),
    import("@colophon/workspace"),
  ]);
  const { root, commit, ref, remote, dirty, reasons } = facts;
  const lockfile = root === undefined ? undefined : await readLockfile(cwd, root);
  const observer = createBuildObserver({
    env,
    git: {
      ...(commit === undefined ? {} : { commit }),
      ...(ref === undefined ? {} : { ref }),
      ...(remote === undefined ? {} : { remote }),
      ...(dirty === undefined ? {} : { dirty }),
    },
    files: lockfile === undefined ? [] : [{ name: lockfile.name, sha256: lockfile.digest["sha256"] ?? "" }],
    ...(runSummary === undefined ? {} : { runSummary: parseRunSummary(runSummary.bytes, runSummary.name) }),
    acceptRemoteCache,
    ...(acceptedIssuer === undefined ? {} : { acceptedIssuer }),
  });
  const described = await observer.describe(token);
  return { ...described, warnings: [...described.warnings, ...reasons] };
}
