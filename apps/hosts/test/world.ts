import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { makeEnvironment, type EnvironmentOptions } from "../src/environment.ts";
import { makeRepository, type Repository, type RepositoryOptions } from "../src/repository.ts";

/** A repository and an environment of a test's own. */
export async function makeWorld(
  options: EnvironmentOptions & Omit<RepositoryOptions, "env">,
): Promise<{ readonly repository: Repository; readonly env: Record<string, string> }> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-hosts-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = await makeEnvironment(folder, options);
  return { repository: await makeRepository(folder, { ...options, env }), env };
}
