import { expect, test } from "vitest";
import { checkManifest, type PackageManifest } from "../../src/publish/index.ts";

const SOURCE = "https://github.com/acme/widget";

function manifest(members: Partial<PackageManifest> = {}): PackageManifest {
  const rest = { private: false, repository: "acme/widget", publishConfig: {}, scripts: {}, needs: [], unresolved: [] };
  return { name: "@acme/widget", version: "1.0.0", ...rest, ...members };
}

// field cases npm-repository-forms-and-case, npm-workspace-specifiers-in-tarball
test.each<[string, Partial<PackageManifest>, string | null]>([
  ["a shorthand", { repository: "github:acme/widget" }, null],
  ["a URL", { repository: { url: "git+https://GitHub.com/acme/widget.git" } }, null],
  ["a path into the tree", { repository: { url: `${SOURCE}/tree/main/packages/core` } }, null],
  ["another case", { repository: "Acme/Widget" }, "repository-differs"],
  ["another host", { repository: "gitlab:acme/widget" }, "repository-differs"],
  ["another repository", { repository: "acme/other" }, "repository-differs"],
  ["none", { repository: undefined }, "repository-undeclared"],
  ["an empty one", { repository: { type: "git", url: "" } }, "repository-undeclared"],
  ["a list", { repository: ["acme/widget"] }, "repository-undeclared"],
  ["a gist", { repository: "gist:11081aaa281" }, "repository-undeclared"],
])("compares the repository that is built with %s", (_what, members, code) => {
  const problems = checkManifest(manifest(members), { sourceRepository: SOURCE });
  expect(problems.map((problem) => problem.code)).toEqual(code === null ? [] : [code]);
});

test("names both spellings of a repository and the line to write, never user info", () => {
  const repository = { url: "https://robot:PASSWORD@github.com/Acme/Widget.git", directory: "packages/core" };
  const [problem] = checkManifest(manifest({ repository }), { sourceRepository: SOURCE });
  expect(problem?.message).toContain("https://github.com/Acme/Widget, the build is of https://github.com/acme/widget");
  expect(problem?.hint).toContain(
    '"repository": {"type":"git","url":"git+https://github.com/acme/widget.git","directory":"packages/core"}',
  );
  expect(JSON.stringify(problem)).not.toMatch(/robot|PASSWORD/);
});

test("names all specifiers of a workspace", () => {
  const unresolved = ["dependencies.@acme/core", "dependencies.lodash\u001b[2J", "peerDependencies.react"];
  const [problem] = checkManifest(manifest({ unresolved }), {});
  expect(problem).toMatchObject({ code: "unresolved-specifier", hint: expect.stringContaining("pnpm pack") as string });
  expect(problem?.message).toContain("dependencies.@acme/core, dependencies.lodash\ufffd[2J, peerDependencies.react");
});

test("names a hundred of them at most", () => {
  const [problem] = checkManifest(manifest({ unresolved: Array.from({ length: 150 }, () => "dependencies.x") }), {});
  expect(problem?.message.match(/dependencies\.x/g)).toHaveLength(100);
  expect(problem?.message).toMatch(/ and 50 more$/);
});

test.each([
  [{ expectedName: "@acme/other" }, "package-name-differs", '"@acme/widget", not "@acme/other"'],
  [{ expectedVersion: "1.0.1" }, "package-version-differs", '"1.0.0", not "1.0.1"'],
])("holds name and version against what is expected: %j", (expectation, code, message) => {
  const problems = checkManifest(manifest(), expectation);
  expect(problems).toMatchObject([{ code, message: expect.stringContaining(message) as string }]);
});

test("tells all problems at once, and none where all is as expected", () => {
  const wrong = manifest({ version: undefined, repository: undefined, unresolved: ["dependencies.x"] });
  const expectation = { expectedName: "@acme/widget", expectedVersion: "1.0.0", sourceRepository: SOURCE };
  const codes = ["package-version-differs", "repository-undeclared", "unresolved-specifier"];
  expect(checkManifest(wrong, expectation).map(({ code }) => code)).toEqual(codes);
  expect(checkManifest(manifest(), expectation)).toEqual([]);
  expect(checkManifest(manifest({ repository: undefined }), {})).toEqual([]);
});
