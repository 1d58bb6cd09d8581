import { expect, test } from "vitest";
import * as build from "../src/index.ts";

test("exports what its callers use and nothing else", () => {
  expect(Object.keys(build).toSorted()).toEqual([
    "BuildError",
    "createBuildObserver",
    "createIdentityProvider",
    "parseRunSummary",
    "toNpmBuild",
    "tokenEndpointHost",
  ]);
});

/** Dropping a type from the public surface fails the type check of this list. */
export type PublicTypes = [
  build.BuildErrorCode,
  build.BuildOptions,
  build.Env,
  build.GitFacts,
  build.IdentityOptions,
  build.InputFile,
  build.RunSummary,
  build.TaskInput,
  build.TaskRun,
];
