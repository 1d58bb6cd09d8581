import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { startGitHubJob, type GitHubJob } from "@colophon/testkit";

/** Where the scratch repositories say that they are, as `owner/name` on GitHub. */
export const REPOSITORY = "acme/widgets";

export interface Repository {
  readonly folder: string;
  /** Runs git in it; its output, trimmed. Throws where it fails. */
  readonly git: (...args: string[]) => string;
  /** Commits these files (by path) on `main` and pushes; a conventional message decides what is released. */
  readonly commit: (message: string, files: Readonly<Record<string, string>>) => Promise<void>;
  /** The tags that were pushed, sorted. */
  readonly listPushedTags: () => readonly string[];
}

export interface RepositoryOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Names of the packages: one is the repository's root, several lie in `packages/`, by the names without the scope. */
  readonly packages: readonly string[];
  /** The member `release` of the root's package.json: semantic-release's configuration. */
  readonly release?: Readonly<Record<string, unknown>>;
}

/**
 * Makes a repository of npm packages in an empty folder, with one commit that releases nothing, pushed to a bare remote
 * beside the checkout. Its URL is one of GitHub for all that reads it, so that tools find owner and name; git alone
 * is told to go to the folder instead.
 */
export async function makeRepository(parent: string, options: RepositoryOptions): Promise<Repository> {
  const folder = join(parent, "checkout");
  const origin = join(parent, "origin.git");
  await mkdir(folder);
  const git = (...args: string[]): string => runGit(folder, options.env, args);
  git("init", "--quiet", "--initial-branch=main");
  git("init", "--quiet", "--bare", "--initial-branch=main", origin);
  const url = `https://github.com/${REPOSITORY}.git`;
  git("remote", "add", "origin", url);
  git("config", `url.${pathToFileURL(origin).href}.insteadOf`, url);
  const commit: Repository["commit"] = async (message, files) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    // Nothing else: a release leaves the new version in package.json, which a job's checkout would not have.
    git("add", "--", ...Object.keys(files));
    git("commit", "--quiet", "-m", message);
    git("push", "--quiet", "--set-upstream", "origin", "main");
  };
  // Else a tarball that one step packs is in the package of the next, and pnpm publishes from no such checkout.
  await commit("chore: start", { ...writeManifests(options), ".gitignore": "node_modules/\n*.tgz\n" });
  const listPushedTags = (): readonly string[] =>
    git("ls-remote", "--tags", "--refs", "origin")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.replace(/^.*\trefs\/tags\//, ""));
  return { folder, git, commit, listPushedTags };
}

/** Starts the job of a push to `main`, of the commit that is checked out. */
export async function startJobIn({ git }: Repository): Promise<GitHubJob> {
  return await startGitHubJob(jobOf(git("rev-parse", "HEAD")));
}

/** The job of a push of this commit to `main`. */
export function jobOf(sha: string): Parameters<typeof startGitHubJob>[0] {
  return {
    repository: REPOSITORY,
    ref: "refs/heads/main",
    sha,
    workflow: ".github/workflows/release.yml",
    trigger: "push",
    runner: "github-hosted",
    runId: "1",
  };
}

function writeManifests({ packages, release }: RepositoryOptions): Record<string, string> {
  const common = { repository: { type: "git", url: `git+https://github.com/${REPOSITORY}.git` }, license: "MIT" };
  const single = packages.length === 1;
  const manifests = packages.map((name) => {
    const path = single ? "package.json" : `packages/${basename(name)}/package.json`;
    const manifest = { name, version: "0.0.0", ...common, publishConfig: { access: "public" } };
    return [path, single ? { ...manifest, release } : manifest] as const;
  });
  const root = [
    "package.json",
    { name: "root", private: true, workspaces: ["packages/*"], ...common, release },
  ] as const;
  const all = single ? manifests : [root, ...manifests];
  return Object.fromEntries(all.map(([path, manifest]) => [path, `${JSON.stringify(manifest, undefined, 2)}\n`]));
}

function runGit(cwd: string, env: Readonly<Record<string, string>>, args: readonly string[]): string {
  return execFileSync("git", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}
