import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startJobIn } from "../src/repository.ts";
import { runTool } from "../src/tools.ts";
import { startVerdaccio, type Verdaccio } from "../src/verdaccio.ts";
import { fetchPackument } from "./packument.ts";
import { makeWorld } from "./world.ts";

let verdaccio: Verdaccio;
beforeAll(async () => void (verdaccio = await startVerdaccio()));
afterAll(() => verdaccio.close());

const PLUGINS = [
  "@semantic-release/commit-analyzer",
  "@semantic-release/release-notes-generator",
  "@semantic-release/npm",
];
const release = { plugins: PLUGINS };

test("semantic-release publishes a first and a second version, and pushes their tags", async () => {
  const { repository, env } = await makeWorld({ registry: verdaccio, packages: ["@acme/widget"], release });
  for (const [message, version] of [
    ["feat: turn", "1.0.0"],
    ["fix: turn back", "1.0.1"],
  ] as const) {
    await repository.commit(message, { "index.js": `// ${message}\n` });
    const result = await runTool("semantic-release", [], { cwd: repository.folder, env });
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining(`Published release ${version}`) });
  }
  const { versions, "dist-tags": tags } = await fetchPackument(verdaccio, "@acme/widget");
  expect(Object.keys(versions)).toEqual(["1.0.0", "1.0.1"]);
  expect(tags).toEqual({ latest: "1.0.1" });
  expect(repository.listPushedTags()).toEqual(["v1.0.0", "v1.0.1"]);
  expect(repository.git("show", "HEAD:package.json")).toContain('"version": "0.0.0"');
});

test("in a GitHub job, what exec prepared and git committed is published by the npm that the environment names", async () => {
  const plugins = [
    ...PLUGINS,
    ["@semantic-release/exec", { prepareCmd: "echo ${nextRelease.version} >VERSION" }],
    ["@semantic-release/git", { assets: ["VERSION", "package.json"] }],
  ];
  const options = { packages: ["@acme/committed"], release: { plugins }, npm: "npm-12" } as const;
  const { repository, env } = await makeWorld({ registry: verdaccio, ...options });
  await repository.commit("feat: turn", { "index.js": "\n" });
  const job = await startJobIn(repository);
  onTestFinished(() => job.close());
  const inJob = { cwd: repository.folder, env: { ...env, ...job.env } };
  expect(await runTool("semantic-release", [], inJob)).toMatchObject({ code: 0 });
  repository.git("fetch", "--quiet", "origin");
  expect(repository.git("show", "origin/main:VERSION")).toBe("1.0.0");
  const { versions } = await fetchPackument(verdaccio, "@acme/committed");
  expect(versions["1.0.0"]?._npmVersion).toMatch(/^12\./u);
});

test("a dry run says what it would publish, and publishes nothing", async () => {
  const { repository, env } = await makeWorld({ registry: verdaccio, packages: ["@acme/dry"], release });
  await repository.commit("feat: turn", { "index.js": "\n" });
  const result = await runTool("semantic-release", ["--dry-run"], { cwd: repository.folder, env });
  expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining("the next release version is 1.0.0") });
  expect(await fetchPackument(verdaccio, "@acme/dry")).toMatchObject({ versions: {} });
  expect(repository.listPushedTags()).toEqual([]);
});

test("multi-semantic-release publishes two packages of one repository, one of which needs the other", async () => {
  const packages = ["@acme/wheel", "@acme/cart"];
  const { repository, env } = await makeWorld({ registry: verdaccio, packages, release });
  const manifest = JSON.parse(repository.git("show", "HEAD:packages/cart/package.json")) as object;
  const needy = { ...manifest, dependencies: { "@acme/wheel": "*" } };
  await repository.commit("feat: roll", {
    "packages/wheel/index.js": "\n",
    "packages/cart/package.json": JSON.stringify(needy),
  });
  const result = await runTool("multi-semantic-release", [], { cwd: repository.folder, env });
  expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining("Released 2 of 2 packages") });
  expect(await fetchPackument(verdaccio, "@acme/wheel")).toMatchObject({ "dist-tags": { latest: "1.0.0" } });
  const { versions } = await fetchPackument(verdaccio, "@acme/cart");
  expect(versions["1.0.0"]?.dependencies).toEqual({ "@acme/wheel": "1.0.0" });
  expect(repository.listPushedTags()).toEqual(["@acme/cart@1.0.0", "@acme/wheel@1.0.0"]);
});
