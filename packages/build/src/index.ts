export { BuildError, type BuildErrorCode } from "./error.ts";
export { tokenEndpointHost } from "./identity/github-token.ts";
export { createIdentityProvider, type IdentityOptions } from "./identity/provider.ts";
export type { Env } from "./platform.ts";
export type { GitFacts } from "./observe/git-facts.ts";
export type { InputFile } from "./observe/inputs.ts";
export { createBuildObserver, type BuildOptions } from "./observe/observer.ts";
export { parseRunSummary, type RunSummary, type TaskInput, type TaskRun } from "./turborepo/run-summary.ts";
export { toNpmBuild } from "./npm-build.ts";
