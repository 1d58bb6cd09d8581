import { createBuildObserver, parseRunSummary, type BuildOptions } from "../../src/index.ts";

export const BLOB = "45b983be36b73c0788dc9cbcb76cbb80fc7bb057";
export const OTHER_BLOB = "b4785957bc986dc39c629de9fac9df46972c00fc";

const SECRETS = {
  specified: { env: ["TOKEN"], passThroughEnv: null },
  configured: ["TOKEN=6b86b273ff34fce19d6b804eff5a3f57"],
};

/** A task as turborepo 2.11 writes it, with what matters here and what must stay out. */
export function task(change: Readonly<Record<string, unknown>> = {}): object {
  return {
    taskId: "@acme/a#build",
    task: "build",
    package: "@acme/a",
    hash: "c1ef8de2dfea51f3",
    inputs: { "src/x.txt": BLOB, "../../shared.txt": OTHER_BLOB },
    cache: { local: false, remote: false, status: "MISS", timeSaved: 0 },
    command: "make canary",
    directory: "packages/a",
    environmentVariables: SECRETS,
    execution: { startTime: 1795577671755, endTime: 1795577671755, exitCode: 0 },
    ...change,
  };
}

/** A run summary as turborepo 2.11 writes it. */
export function summary(change: Readonly<Record<string, unknown>> = {}): object {
  return {
    id: "3Ma9AvAb4vBwbLYr7UunNVG3L8P",
    version: "1",
    turboVersion: "2.11.11",
    monorepo: true,
    globalCacheInputs: {
      rootKey: "canary",
      files: { "tsconfig.base.json": OTHER_BLOB },
      environmentVariables: SECRETS,
    },
    execution: { command: "turbo run build", repoPath: "/home/canary", success: 1, failed: 0, exitCode: 0 },
    packages: ["@acme/a"],
    tasks: [task()],
    user: "canary",
    scm: { type: "git", sha: "1".repeat(40), branch: "main" },
    ...change,
  };
}

export const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

export const describeRun = (value: object, options: Partial<BuildOptions> = {}) =>
  createBuildObserver({ env: {}, runSummary: parseRunSummary(bytesOf(value), "run.json"), ...options }).describe();
