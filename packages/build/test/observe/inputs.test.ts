import { describe, expect, test } from "vitest";
import { createBuildObserver, type BuildOptions } from "../../src/index.ts";
import { COMMIT, GITLAB_ENV, jobEnv, refusal } from "../world.ts";

const LOCKFILE = { name: "package-lock.json", sha256: "b".repeat(64) };

describe.each([
  ["github-actions", jobEnv],
  ["gitlab-ci", async () => GITLAB_ENV],
  ["local", async () => ({})],
])("on %s", (_platform, environment) => {
  const describeBuild = async (options: Partial<BuildOptions>) =>
    createBuildObserver({ env: await environment(), ...options }).describe();

  test("files follow the source, by their digests", async () => {
    const plain = await describeBuild({});
    const described = await describeBuild({ files: [LOCKFILE, { name: "packages/a/go.sum", sha256: "C".repeat(64) }] });
    expect(described.buildDefinition).toEqual({
      ...plain.buildDefinition,
      resolvedDependencies: [
        ...plain.buildDefinition.resolvedDependencies,
        { name: "package-lock.json", digest: { sha256: LOCKFILE.sha256 } },
        { name: "packages/a/go.sum", digest: { sha256: "c".repeat(64) } },
      ],
    });
  });

  test("a tree that is not its commit is recorded, and warned of", async () => {
    const plain = await describeBuild({});
    const { buildDefinition, warnings } = await describeBuild({ git: { dirty: true } });
    expect(buildDefinition.internalParameters).toEqual({
      ...plain.buildDefinition.internalParameters,
      colophon_workspace: { dirty: true },
    });
    expect(warnings).toEqual([...plain.warnings, { code: "dirty-tree", message: expect.any(String) }]);
  });

  test("a clean tree leaves no trace", async () => {
    expect(await describeBuild({ git: { dirty: false } })).toEqual(await describeBuild({}));
  });
});

test("a checkout at another commit than the platform's is recorded, and warned of", async () => {
  const commit = "2".repeat(40);
  const { buildDefinition, source, warnings } = await createBuildObserver({
    env: await jobEnv(),
    git: { commit },
  }).describe();
  expect(source?.commit).toBe(COMMIT);
  expect(buildDefinition.internalParameters).toMatchObject({ colophon_workspace: { commit } });
  expect(warnings.at(-1)).toEqual({ code: "built-from-other-commit", message: expect.stringContaining(commit) });
});

test("a checkout at the platform's commit leaves no trace", async () => {
  const env = await jobEnv();
  const described = await createBuildObserver({ env, git: { commit: COMMIT } }).describe();
  expect(described).toEqual(await createBuildObserver({ env }).describe());
});

test.each([
  ["/home/ada/package-lock.json", LOCKFILE.sha256, "no path inside"],
  ["C:\\work\\package-lock.json", LOCKFILE.sha256, "no path inside"],
  ["../package-lock.json", LOCKFILE.sha256, "no path inside"],
  ["a/../package-lock.json", LOCKFILE.sha256, "no path inside"],
  ["./package-lock.json", LOCKFILE.sha256, "no path inside"],
  ["..", LOCKFILE.sha256, "no path inside"],
  ["", LOCKFILE.sha256, "no path inside"],
  ["package-lock.json", "b".repeat(63), "no sha256"],
  ["package-lock.json", "x".repeat(64), "no sha256"],
])("the file %j with digest %s is refused", async (name, sha256, told) => {
  const error = await refusal(createBuildObserver({ env: {}, files: [{ name, sha256 }] }).describe());
  expect(error.code).toBe("input-invalid");
  expect(error.message).toContain(told);
});
