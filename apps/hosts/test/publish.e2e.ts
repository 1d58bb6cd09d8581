import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { toIntegrity } from "@colophon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runTool } from "../src/tools.ts";
import { startVerdaccio, type Verdaccio } from "../src/verdaccio.ts";
import { makeWorld } from "./world.ts";
import { fetchPackument } from "./packument.ts";

let verdaccio: Verdaccio;
beforeAll(async () => void (verdaccio = await startVerdaccio()));
afterAll(() => verdaccio.close());

test.each(["npm-11", "npm-12", "pnpm"] as const)("%s packs a package and publishes it", async (tool) => {
  const name = `@acme/by-${tool}`;
  const { repository, env } = await makeWorld({ registry: verdaccio, packages: [name] });
  const options = { cwd: repository.folder, env };
  const tarball = `acme-by-${tool}-0.0.0.tgz`;
  expect(await runTool(tool, ["pack"], options)).toMatchObject({ code: 0, stdout: expect.stringContaining(tarball) });
  expect(await runTool(tool, ["publish", `./${tarball}`], options)).toMatchObject({ code: 0 });
  const integrity = toIntegrity(await readFile(join(repository.folder, tarball)));
  const { stdout } = await runTool(tool, ["view", name, "dist.integrity"], options);
  expect(stdout.trim()).toBe(integrity);
  expect((await fetchPackument(verdaccio, name)).versions["0.0.0"]?.dist).toMatchObject({ integrity });
});

test("a tool that takes too long is ended with what it started, and told of", async () => {
  const { repository, env } = await makeWorld({ registry: verdaccio, packages: ["@acme/slow"] });
  const options = { cwd: repository.folder, env, longestMs: 1500 };
  const slow = runTool("npm-11", ["exec", "-c", "echo started; sleep 600"], options);
  await expect(slow).rejects.toThrow(/^npm-11 exec .* took over 1500 ms:\nstarted$/mu);
});
