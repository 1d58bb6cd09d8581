import { expect, test } from "vitest";
import { COMMIT, jobEnv, refusal } from "../world.ts";
import { BLOB, describeRun, OTHER_BLOB, summary, task } from "./summary.ts";

const REMOTE = { status: "HIT", source: "REMOTE" };
const LOCAL = { status: "HIT", source: "LOCAL" };
const hit = (taskId: string, cache: object) => task({ taskId, cache });

test("the run's inputs are dependencies, its tasks a parameter, and nothing else of it is told", async () => {
  const { buildDefinition, warnings } = await describeRun(summary());
  expect(buildDefinition.resolvedDependencies).toEqual([
    { name: "packages/a/src/x.txt", digest: { gitBlob: BLOB } },
    { name: "shared.txt", digest: { gitBlob: OTHER_BLOB } },
    { name: "tsconfig.base.json", digest: { gitBlob: OTHER_BLOB } },
  ]);
  expect(buildDefinition.internalParameters).toEqual({
    colophon_turborepo: { version: "2.11.11", tasks: [{ taskId: "@acme/a#build", cache: "MISS" }] },
  });
  expect(warnings.map(({ code }) => code)).toEqual(["local-build", "no-source"]);
  expect(JSON.stringify(buildDefinition)).not.toMatch(/canary|TOKEN|6b86b273/);
});

test("an artifact from a remote cache is refused, naming the tasks", async () => {
  const tasks = [1, 2, 3, 4, 5, 6].map((at) => hit(`@acme/${at}#build`, REMOTE));
  const error = await refusal(describeRun(summary({ tasks: [task(), ...tasks] })));
  expect(error.code).toBe("remote-cache-hit");
  expect(error.message).toMatch(/: @acme\/1#build, .*@acme\/5#build and 1 more$/);
  expect(error.hint).toContain("--force");
});

test("as many tasks as fit are all named", async () => {
  const tasks = [1, 2, 3, 4, 5].map((at) => hit(`@acme/${at}#build`, REMOTE));
  expect((await refusal(describeRun(summary({ tasks })))).message).toMatch(/@acme\/5#build$/);
});

test("where it is accepted, the provenance tells it", async () => {
  const described = await describeRun(summary({ tasks: [hit("@acme/a#build", REMOTE)] }), { acceptRemoteCache: true });
  expect(described.buildDefinition.internalParameters).toMatchObject({
    colophon_turborepo: { tasks: [{ taskId: "@acme/a#build", cache: "REMOTE" }] },
  });
  expect(described.warnings.at(-1)).toEqual({
    code: "remote-cache-hit",
    message: expect.stringContaining("@acme/a#build"),
  });
});

test("a local cache is warned of", async () => {
  const { warnings } = await describeRun(summary({ tasks: [hit("@acme/a#build", LOCAL)] }));
  expect(warnings.at(-1)?.code).toBe("local-cache-hit");
});

test("the summary of another commit is refused", async () => {
  const error = await refusal(describeRun(summary({ scm: { sha: "2".repeat(40) } }), { git: { commit: COMMIT } }));
  expect(error.code).toBe("run-summary-of-another-commit");
  expect(error.message).toContain(`of ${"2".repeat(40)}, this build of ${COMMIT}`);
});

test("the summary may be of the platform's commit or of the checkout's", async () => {
  const env = await jobEnv();
  const git = { commit: "2".repeat(40) };
  await expect(describeRun(summary(), { env, git })).resolves.toBeDefined();
  await expect(describeRun(summary({ scm: { sha: git.commit } }), { env, git })).resolves.toBeDefined();
  await expect(describeRun(summary({ scm: null }), { env, git })).resolves.toBeDefined();
});
