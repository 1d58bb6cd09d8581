import { execFileSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { makeFolder } from "../folder.ts";

/** A repository that a test fills, and the environment that git runs in. */
export interface Repository {
  readonly folder: string;
  readonly env: Record<string, string>;
  readonly git: (...args: string[]) => string;
}

/** An environment with a home of its own, so that nothing depends on who runs the tests. */
export async function gitEnv(): Promise<Record<string, string>> {
  const HOME = await makeFolder();
  const who = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@a", GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@a" };
  return { PATH: process.env["PATH"] ?? "", HOME, GIT_CONFIG_NOSYSTEM: "1", ...who };
}

export async function makeRepository(...init: string[]): Promise<Repository> {
  const folder = await makeFolder();
  const env = await gitEnv();
  const repository = { folder, env, git: (...args: string[]) => runIn(folder, env, args) };
  repository.git("init", "--quiet", "--initial-branch=main", ...init);
  return repository;
}

/** With one commit of a file `file`. */
export async function makeCheckout(...init: string[]): Promise<Repository> {
  const repository = await makeRepository(...init);
  await writeFile(join(repository.folder, "file"), "1\n");
  repository.git("add", ".");
  repository.git("commit", "--quiet", "-m", "one");
  return repository;
}

export function runIn(folder: string, env: Record<string, string>, args: readonly string[]): string {
  return execFileSync("git", ["-c", "protocol.file.allow=always", ...args], {
    cwd: folder,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

/** An environment in which `git` is that shell script; `$REAL` is the installed one. */
export async function scriptedGit(env: Record<string, string>, script: string): Promise<Record<string, string>> {
  const folder = await makeFolder();
  const real = execFileSync("sh", ["-c", "command -v git"], { env, encoding: "utf8" }).trim();
  await writeFile(join(folder, "git"), `#!/bin/sh\nREAL=${real}\n${script}\n`);
  await chmod(join(folder, "git"), 0o755);
  return { ...env, PATH: `${folder}${delimiter}${env["PATH"] ?? ""}` };
}
