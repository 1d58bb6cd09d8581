import { mkdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { findTool } from "./tools.ts";
import type { Registry } from "./verdaccio.ts";

export interface EnvironmentOptions {
  readonly registry: Registry;
  /** The npm that the other tools find on the PATH. Default `npm-11`, the one that @semantic-release/npm depends on. */
  readonly npm?: "npm-11" | "npm-12";
  /**
   * Variables of a job, as of testkit's `startGitHubJob`. Without, the run is in a CI that nobody knows (`CI`), which
   * semantic-release asks git for the branch; with neither it would only ever do a dry run.
   */
  readonly job?: Readonly<Record<string, string>>;
}

const PERSON = { NAME: "Release Bot", EMAIL: "bot@example.com" };

/**
 * Makes what release tools read from around them in an empty folder: a home, npm's configuration and cache, git's
 * configuration. Nothing of this process' environment is handed on but where programs are.
 */
export async function makeEnvironment(folder: string, options: EnvironmentOptions): Promise<Record<string, string>> {
  const { registry, npm = "npm-11", job = {} } = options;
  const home = join(folder, "home");
  const programs = join(folder, "bin");
  await Promise.all([mkdir(home), mkdir(programs)]);
  const npmrc = join(home, ".npmrc");
  const { host } = new URL(registry.url);
  await writeFile(npmrc, `registry=${registry.url}/\n//${host}/:_authToken=${registry.token}\n`);
  await symlink(process.execPath, join(programs, "node"));
  await symlink(findTool(npm), join(programs, "npm"));
  return {
    PATH: `${programs}${delimiter}${process.env["PATH"] ?? ""}`,
    HOME: home,
    XDG_CONFIG_HOME: join(home, ".config"),
    CI: "true",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    // Whatever git is told to fetch or push, it never gets to a network.
    GIT_ALLOW_PROTOCOL: "file",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: PERSON.NAME,
    GIT_AUTHOR_EMAIL: PERSON.EMAIL,
    GIT_COMMITTER_NAME: PERSON.NAME,
    GIT_COMMITTER_EMAIL: PERSON.EMAIL,
    // In capitals, as @semantic-release/npm reads it.
    NPM_CONFIG_USERCONFIG: npmrc,
    NPM_CONFIG_CACHE: join(home, ".npm"),
    NPM_CONFIG_UPDATE_NOTIFIER: "false",
    ...job,
  };
}
