import type { Warning } from "@colophon/core";
import { BuildError } from "../error.ts";
import type { RunSummary, TaskRun } from "./run-summary.ts";

const SHOWN = 5;

/**
 * Whether the run that a summary tells of is a build of this very source. `commits`: those that it may be of; where
 * none is known, any. Throws `run-summary-of-another-commit`, and `remote-cache-hit` unless that is accepted.
 */
export function requireBuiltHere(
  { commit, tasks }: RunSummary,
  commits: readonly (string | undefined)[],
  acceptRemoteCache: boolean,
): void {
  const known = commits.filter((one) => one !== undefined);
  if (commit !== undefined && known.length > 0 && !known.includes(commit)) {
    throw new BuildError(
      "run-summary-of-another-commit",
      `the run summary is of ${commit}, this build of ${known[0]}`,
      {
        hint: "Give the summary of the run that built these artifacts.",
      },
    );
  }
  const remote = tasks.filter(({ cache }) => cache === "REMOTE");
  if (remote.length === 0 || acceptRemoteCache) return;
  const message = `not built here, but taken from a remote cache: ${listed(remote)}`;
  throw new BuildError("remote-cache-hit", message, {
    hint: "Build releases with `turbo run --force`, or with `--cache=local:rw`, which asks no remote cache.",
  });
}

/** What was taken from a cache was not built in this run, and the provenance must not hide it. */
export function warningsOfCache({ tasks }: RunSummary): Warning[] {
  return (["REMOTE", "LOCAL"] as const).flatMap((from) => {
    const hits = tasks.filter(({ cache }) => cache === from);
    if (hits.length === 0) return [];
    const name = from.toLowerCase();
    return [
      { code: `${name}-cache-hit`, message: `taken from a ${name} cache, not built in this run: ${listed(hits)}` },
    ];
  });
}

function listed(tasks: readonly TaskRun[]): string {
  const ids = tasks.slice(0, SHOWN).map(({ taskId }) => taskId);
  return ids.join(", ") + (tasks.length > SHOWN ? ` and ${tasks.length - SHOWN} more` : "");
}
