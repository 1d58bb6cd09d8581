import { expect, test } from "vitest";
import { parsePublisherArguments } from "../src/publisher-arguments.ts";

const NOTHING = {
  tool: "npm",
  args: [],
  packages: "here",
  includeRoot: false,
  tarballs: [],
  dryRun: false,
  ignoreScripts: false,
};

test.each<[string, object]>([
  ["", {}],
  ["npm publish", {}],
  ["publish .", {}],
  ["--tag next --access public", { args: ["--tag", "next", "--access", "public"] }],
  ["--tag publish publish", { args: ["--tag", "publish"] }],
  ["npm publish --tag=next --json", { args: ["--tag=next"] }],
  ["publish --no-git-checks --tag x", { args: ["--no-git-checks", "--tag", "x"] }],
  ["publish ./a.tgz b.tgz", { tarballs: ["./a.tgz", "b.tgz"] }],
  ["npm publish -ws --include-workspace-root", { packages: "all", includeRoot: true }],
  ["npm publish --workspaces", { packages: "all" }],
  ["npm publish -w a --workspace=packages/b", { packages: { named: ["a", "packages/b"] } }],
  ["pnpm publish -r --no-git-checks", { tool: "pnpm", packages: "all", args: ["--no-git-checks"] }],
  ["pnpm --filter @acme/a publish", { tool: "pnpm", packages: { named: ["@acme/a"] } }],
  ["npm publish --dry-run", { dryRun: true }],
  ["npm publish --ignore-scripts", { args: ["--ignore-scripts"], ignoreScripts: true }],
  ["npm publish --dry-run=false", {}],
  ["npm publish --workspaces=false --include-workspace-root=false", {}],
  ["npm publish --strict-ssl --dry-run", { args: ["--strict-ssl"], dryRun: true }],
  ["npm publish --registry http://127.0.0.1/ --force", { args: ["--registry", "http://127.0.0.1/", "--force"] }],
])("%j", (words, expected) => {
  expect(parsePublisherArguments(words === "" ? [] : words.split(" "))).toEqual({ ...NOTHING, ...expected });
});

test.each([
  "npm publish --provenance",
  "npm publish --no-provenance",
  "npm publish --provenance-file=x.json",
  "pnpm -C packages/a publish",
  "npm publish --prefix=packages/a",
  "npm publish --userconfig ci.npmrc",
  "npm publish --help",
  "pnpm publish --filter ./packages/**",
  "pnpm publish --filter ...@acme/a",
  "pnpm publish --filter !@acme/a",
  "npm publish -w",
])("%j is refused, with what to say instead", (words) => {
  expect(() => parsePublisherArguments(words.split(" "))).toThrow(
    expect.objectContaining({ code: "USAGE", hint: expect.stringMatching(/./) as string }) as Error,
  );
});
