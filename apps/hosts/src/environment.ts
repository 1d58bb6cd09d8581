import { mkdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { findTool } from "./tools.ts";
import type { Registry } from "./verdaccio.ts";

export interface EnvironmentOptions {
  readonly registry: Registry;
  /** The npm that the other tools find on the PATH. Default `npm-11`, the one that @semantic-release/npm depends on. */
  readonly npm?: "npm-11" | "npm-12";
}

const PERSON = { NAME: "Release Bot", EMAIL: "bot@example.com" };

/**
 * Makes an environment for release tools in an empty folder: a home, where npm's configuration is and its caches will
 * be, and the programs `node` and `npm`. Nothing of this process' environment is handed on but the PATH.
 */
export async function makeEnvironment(folder: string, options: EnvironmentOptions): Promise<Record<string, string>> {
  const { registry, npm = "npm-11" } = options;
  const home = join(folder, "home");
  const programs = join(folder, "bin");
  await Promise.all([mkdir(home), mkdir(programs)]);
  const { host } = new URL(registry.url);
  await writeFile(join(home, ".npmrc"), `registry=${registry.url}/\n//${host}/:_authToken=${registry.token}\n`);
  await symlink(process.execPath, join(programs, "node"));
  await symlink(findTool(npm), join(programs, "npm"));
  return {
    PATH: `${programs}${delimiter}${process.env["PATH"] ?? ""}`,
    HOME: home,
    // A CI that nobody knows: in none semantic-release only ever does a dry run, and in one of no name it asks git for the
    // branch. The variables of a job (see `startJobIn`) are put over these.
    CI: "true",
    NPM_CONFIG_GLOBALCONFIG: join(home, "no-global-npmrc"),
    GIT_CONFIG_NOSYSTEM: "1",
    // Whatever git is told to fetch or push, it never gets to a network.
    GIT_ALLOW_PROTOCOL: "file",
    GIT_AUTHOR_NAME: PERSON.NAME,
    GIT_AUTHOR_EMAIL: PERSON.EMAIL,
    GIT_COMMITTER_NAME: PERSON.NAME,
    GIT_COMMITTER_EMAIL: PERSON.EMAIL,
  };
}
