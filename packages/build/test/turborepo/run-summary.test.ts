import { expect, test } from "vitest";
import { BuildError, parseRunSummary } from "../../src/index.ts";
import { BLOB, bytesOf, OTHER_BLOB, summary, task } from "./summary.ts";

const parse = (value: unknown) => parseRunSummary(bytesOf(value), "run.json");

function refused(bytes: Uint8Array): BuildError {
  try {
    parseRunSummary(bytes, "run.json");
  } catch (error) {
    if (error instanceof BuildError) return error;
    throw error;
  }
  throw new TypeError("nothing was refused");
}

test("reads inputs by their paths in the repository, and where each task's outputs came from", () => {
  expect(parse(summary())).toEqual({
    turboVersion: "2.11.11",
    commit: "1".repeat(40),
    inputs: [
      { path: "packages/a/src/x.txt", gitBlob: BLOB },
      { path: "shared.txt", gitBlob: OTHER_BLOB },
      { path: "tsconfig.base.json", gitBlob: OTHER_BLOB },
    ],
    tasks: [{ taskId: "@acme/a#build", cache: "MISS" }],
  });
});

test("is the same in whatever order the tasks ended", () => {
  const tasks = [
    task(),
    task({ taskId: "@acme/b#build", directory: "packages\\b" }),
    task({ taskId: "//#lint", directory: "" }),
  ];
  const [one, other] = [tasks, tasks.toReversed()].map((order) =>
    parse(summary({ tasks: order.map((run) => ({ ...run, inputs: { x: BLOB } })) })),
  );
  expect(one).toEqual(other);
  expect(one?.inputs.map(({ path }) => path)).toEqual(["packages/a/x", "packages/b/x", "tsconfig.base.json", "x"]);
});

test("a file that changed during the run is there with both of its digests", () => {
  const tasks = [
    task({ inputs: { x: BLOB } }),
    task({ taskId: "@acme/a#test", inputs: { x: OTHER_BLOB } }),
    task({ inputs: { x: BLOB } }),
  ];
  expect(parse(summary({ tasks, globalCacheInputs: null })).inputs).toEqual([
    { path: "packages/a/x", gitBlob: BLOB },
    { path: "packages/a/x", gitBlob: OTHER_BLOB },
  ]);
});

test.each([
  [{ status: "MISS" }, "MISS"],
  [{ status: "HIT", source: "LOCAL", local: true }, "LOCAL"],
  [{ status: "HIT", source: "REMOTE", remote: true }, "REMOTE"],
  [{ status: "HIT", local: true }, "REMOTE"],
])("cache %j counts as %s", (cache, from) => {
  expect(parse(summary({ tasks: [task({ cache })] })).tasks).toEqual([{ taskId: "@acme/a#build", cache: from }]);
});

test("the one package of a repository has no folder", () => {
  const { directory: _directory, ...only } = task({ inputs: { x: BLOB } }) as Record<string, unknown>;
  expect(parse(summary({ tasks: [only], globalCacheInputs: null })).inputs).toEqual([{ path: "x", gitBlob: BLOB }]);
});

test("a run outside git is of no commit", () => {
  expect(parse(summary({ scm: { type: "git", sha: null, branch: null } }))).not.toHaveProperty("commit");
});

const { execution: _execution, ...dryRun } = summary() as Record<string, unknown>;
test.each<[string, unknown, string]>([
  ["a dry run", dryRun, "is of a dry run"],
  ["another version", summary({ version: "2" }), 'of version 1, but of "2"'],
  ["another kind of file", { name: "root" }, 'of version 1, but of "none"'],
  ["a list", [], "is not a JSON object"],
  ["no turbo version", summary({ turboVersion: undefined }), "names no turboVersion"],
  ["a turbo version that is none", summary({ turboVersion: "2\n::error::" }), "names no turboVersion"],
  ["no tasks", summary({ tasks: {} }), "has no list of tasks"],
  ["too many tasks", summary({ tasks: Array.from({ length: 10_001 }, () => 0) }), "more than 10000 tasks"],
  ["a commit that is none", summary({ scm: { sha: "HEAD" } }), 'is of "HEAD", which is no commit'],
  ["a task id of two lines", summary({ tasks: [task({ taskId: "a\n#b" })] }), "which is no id"],
  ["a task id without end", summary({ tasks: [task({ taskId: "a".repeat(513) })] }), "which is no id"],
  ["a task without id", summary({ tasks: [task({ taskId: 1 })] }), "a task without taskId"],
  [
    "a task that no cache is told of",
    summary({ tasks: [task({ cache: { status: "SKIPPED" } })] }),
    'whether "@acme/a#build" came',
  ],
  [
    "a digest that is no git blob",
    summary({ tasks: [task({ inputs: { x: "c1ef8de2dfea51f3" } })] }),
    'no git blob for "packages/a/x"',
  ],
  ["a digest in capitals", summary({ tasks: [task({ inputs: { x: BLOB.toUpperCase() } })] }), "no git blob"],
  [
    "a path out of the repository",
    summary({ tasks: [task({ inputs: { "../../../x": BLOB } })] }),
    '"../../../x", which is not inside',
  ],
  [
    "an absolute path",
    summary({ tasks: [task({ inputs: { "/etc/passwd": BLOB } })] }),
    '"/etc/passwd", which is not inside',
  ],
  ["a drive", summary({ tasks: [task({ inputs: { "C:\\x": BLOB } })] }), "which is not inside"],
  ["an absolute folder", summary({ tasks: [task({ directory: "/home/ada/a" })] }), "which is not inside"],
  [
    "too many inputs",
    summary({
      tasks: [task({ inputs: Object.fromEntries(Array.from({ length: 40_001 }, (_, at) => [`x${at}`, BLOB])) })],
    }),
    "more than 40000 inputs",
  ],
])("refuses %s", (_what, value, told) => {
  const error = refused(bytesOf(value));
  expect(error.code).toBe("run-summary-invalid");
  expect(error.message).toContain(told);
  expect(error.message).toMatch(/^run\.json /);
});

test.each<[string, Uint8Array, string]>([
  ["no JSON", Buffer.from("{"), "is not JSON"],
  ["a key twice", Buffer.from('{"version":"1","version":"1"}'), "stands twice"],
  ["__proto__", Buffer.from('{"tasks":[{"inputs":{"__proto__":"x"}}]}'), "__proto__"],
  ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0x22]), "is not UTF-8"],
  ["what is too large", new Uint8Array(67_108_865), "larger than 67108864 bytes"],
])("refuses %s", (_what, bytes, told) => {
  const error = refused(bytes);
  expect(error.code).toBe("run-summary-invalid");
  expect(error.message).toContain(told);
});
