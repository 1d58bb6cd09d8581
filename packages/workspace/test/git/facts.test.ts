import { access, appendFile, mkdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readGitFacts } from "../../src/git/facts.ts";
import { makeFolder } from "../folder.ts";
import { gitEnv, makeCheckout, makeRepository, runIn, scriptedGit, type Repository } from "./repository.ts";

const codes = (facts: Awaited<ReturnType<typeof readGitFacts>>): string[] => facts.reasons.map(({ code }) => code);

describe("a checkout", () => {
  test("tells its commit, branch, tags, remote and that nothing differs", async () => {
    const { folder, env, git } = await makeCheckout();
    git("remote", "add", "origin", "https://robot:SECRET@github.com/acme/widget.git");
    await mkdir(join(folder, "sub"));
    await expect(readGitFacts(join(folder, "sub"), env)).resolves.toEqual({
      root: folder,
      commit: git("rev-parse", "HEAD"),
      ref: "refs/heads/main",
      tags: [],
      remote: "https://github.com/acme/widget.git",
      dirty: false,
      untracked: false,
      shallow: false,
      reasons: [],
    });
  });

  test("tells every tag of the commit, annotated and nested ones too, and no other's", async () => {
    const { folder, env, git } = await makeCheckout();
    git("tag", "old");
    git("commit", "--quiet", "--allow-empty", "-m", "two");
    for (const args of [
      ["v2"],
      ["@acme/widget@2.0.0"],
      ["-a", "-m", "x", "annotated"],
      ["-a", "-m", "x", "nested", "annotated"],
    ]) {
      git("tag", ...args);
    }
    const { tags } = await readGitFacts(folder, env);
    expect(tags).toEqual(["refs/tags/@acme/widget@2.0.0", "refs/tags/annotated", "refs/tags/nested", "refs/tags/v2"]);
  });

  test("of a tag has no branch, and says why", async () => {
    const { folder, env, git } = await makeCheckout();
    git("tag", "v1");
    git("checkout", "--quiet", "v1");
    const facts = await readGitFacts(folder, env);
    expect(facts).toMatchObject({ tags: ["refs/tags/v1"], dirty: false });
    expect(facts).not.toHaveProperty("ref");
    expect(codes(facts)).toEqual(["git-detached-head", "git-no-remote"]);
  });

  test("without a commit has a branch alone", async () => {
    const { folder, env } = await makeRepository();
    const facts = await readGitFacts(folder, env);
    expect(facts).toMatchObject({ ref: "refs/heads/main", tags: [], dirty: false });
    expect(facts).not.toHaveProperty("commit");
    expect(codes(facts)).toEqual(["git-no-commit", "git-no-remote"]);
  });

  test("of SHA-256 objects has a commit of 64 digits", async () => {
    const { folder, env } = await makeCheckout("--object-format=sha256");
    expect((await readGitFacts(folder, env)).commit).toMatch(/^[0-9a-f]{64}$/);
  });

  test("with a cut history says so", async () => {
    const { folder, env, git } = await makeCheckout();
    git("commit", "--quiet", "--allow-empty", "-m", "two");
    const clone = await makeFolder();
    runIn(clone, env, ["clone", "--quiet", "--depth=1", `file://${folder}`, "."]);
    const facts = await readGitFacts(clone, env);
    expect(facts).toMatchObject({ shallow: true, commit: git("rev-parse", "HEAD") });
    expect(codes(facts)).toEqual(["git-remote-not-public"]);
  });

  test("in a worktree tells the worktree's facts", async () => {
    const { env, git } = await makeCheckout();
    const tree = await makeFolder();
    git("worktree", "add", "--quiet", "-b", "side", tree);
    await expect(readGitFacts(tree, env)).resolves.toMatchObject({ root: tree, ref: "refs/heads/side", dirty: false });
  });
});

describe("changes", () => {
  test.each<[string, (repository: Repository) => Promise<unknown>, boolean, boolean]>([
    ["a file that was written to", async ({ folder }) => await appendFile(join(folder, "file"), "2"), true, false],
    ["a file that was deleted", async ({ folder }) => await rm(join(folder, "file")), true, false],
    ["a new file", async ({ folder }) => await writeFile(join(folder, "new"), ""), false, true],
    [
      "a new file called as a change is told",
      async ({ folder }) => await writeFile(join(folder, "?? x"), ""),
      false,
      true,
    ],
    [
      "a new file that is staged",
      async ({ folder, git }) => (await writeFile(join(folder, "n"), ""), git("add", ".")),
      true,
      false,
    ],
    ["a file with other times", async ({ folder }) => await utimes(join(folder, "file"), 1, 1), false, false],
    [
      "a new file, with the configuration not to show it",
      async ({ folder, git }) => (
        git("config", "status.showUntrackedFiles", "no"),
        await writeFile(join(folder, "new"), "")
      ),
      false,
      true,
    ],
    [
      "a file that is ignored",
      async ({ folder }) => (
        await writeFile(join(folder, ".git/info/exclude"), "log\n"),
        await writeFile(join(folder, "log"), "")
      ),
      false,
      false,
    ],
  ])("%s", async (_, change, dirty, untracked) => {
    const repository = await makeCheckout();
    await change(repository);
    expect(await readGitFacts(repository.folder, repository.env)).toMatchObject({ dirty, untracked });
  });

  test.each<[string, (folder: string, env: Record<string, string>) => Promise<unknown>, boolean, boolean]>([
    ["that is as it was committed", async () => undefined, false, false],
    ["with a changed file", async (folder) => await appendFile(join(folder, "file"), "2"), true, false],
    ["with a new file", async (folder) => await writeFile(join(folder, "new"), ""), false, true],
    [
      "at another commit",
      async (folder, env) => runIn(folder, env, ["commit", "--allow-empty", "-qm", "x"]),
      true,
      false,
    ],
    [
      "that is not checked out",
      async (folder, env) => runIn(join(folder, ".."), env, ["submodule", "--quiet", "deinit", "-f", "lib"]),
      false,
      false,
    ],
    ["that is not there", async (folder) => await rm(folder, { recursive: true }), true, false],
  ])("of a submodule %s", async (_, change, dirty, untracked) => {
    const library = await makeCheckout();
    const { folder, env, git } = await makeCheckout();
    git("submodule", "--quiet", "add", library.folder, "lib");
    git("config", "-f", ".gitmodules", "submodule.lib.ignore", "all");
    git("commit", "--quiet", "-am", "lib");
    await change(join(folder, "lib"), env);
    expect(await readGitFacts(folder, env)).toMatchObject({ dirty, untracked });
  });
});

describe("a hostile repository", () => {
  const ran = async (file: string): Promise<boolean> =>
    await access(file).then(
      () => true,
      () => false,
    );

  test("gets none of its programs run, filters or monitors, also in a submodule", async () => {
    const library = await makeCheckout();
    const { folder, env, git } = await makeCheckout();
    git("submodule", "--quiet", "add", library.folder, "lib");
    git("commit", "--quiet", "-am", "lib");
    const trace = join(await makeFolder(), "ran");
    const places = [folder, join(folder, "lib")];
    for (const at of places) {
      const attributes = runIn(at, env, ["rev-parse", "--git-path", "info/attributes"]);
      await writeFile(resolve(at, attributes), "* filter=e=vil\n");
      for (const name of ["clean", "process", "smudge"])
        runIn(at, env, ["config", `filter.e=vil.${name}`, `touch ${trace}`]);
      runIn(at, env, ["config", "filter.e=vil.required", "true"]);
      runIn(at, env, ["config", "core.fsmonitor", `touch ${trace}; false`]);
      await utimes(join(at, "file"), 1, 1);
    }
    const facts = await readGitFacts(folder, env);
    expect(await ran(trace)).toBe(false);
    expect(facts).toMatchObject({ dirty: false, untracked: false, reasons: [{ code: "git-no-remote" }] });
    // What was planted does run where nothing keeps it from running.
    for (const at of places) {
      expect(() => runIn(at, env, ["status"])).toThrow("Command failed");
      expect(await ran(trace)).toBe(true);
      await rm(trace);
    }
  });

  test("that lies as a bare one in a folder of a checkout is not read", async () => {
    const { folder, env, git } = await makeCheckout();
    git("clone", "--quiet", "--bare", ".", "bare");
    const facts = await readGitFacts(join(folder, "bare"), env);
    expect(facts).toMatchObject({ tags: [], reasons: [{ code: "git-not-a-checkout" }] });
    expect(facts).not.toHaveProperty("commit");
  });

  test("that says it is a checkout of another folder is none of this one", async () => {
    const { folder, env, git } = await makeCheckout();
    const other = await makeFolder({ file: "" });
    git("config", "core.worktree", other);
    const facts = await readGitFacts(folder, env);
    expect(codes(facts)).toEqual(["git-not-a-checkout"]);
  });

  test("cannot have git fetch what it lacks", async () => {
    const { folder, env } = await makeCheckout();
    const clone = await makeFolder();
    runIn(clone, env, ["clone", "--quiet", "--filter=blob:none", "--no-checkout", `file://${folder}`, "."]);
    const trace = join(clone, "../ran-upload-pack");
    runIn(clone, env, ["config", "remote.origin.uploadpack", `touch ${trace}; git-upload-pack`]);
    runIn(clone, env, ["config", "protocol.file.allow", "always"]);
    runIn(clone, env, ["reset", "--quiet"]);
    await rm(trace, { force: true });
    await writeFile(join(clone, "file"), "2\n");
    await readGitFacts(clone, env);
    expect(await ran(trace)).toBe(false);
  });
});

describe("the environment", () => {
  test("does not choose another repository, nor hand a secret on", async () => {
    const { folder, env } = await makeCheckout();
    const other = await makeCheckout();
    const printed = join(await makeFolder(), "env");
    const scripted = await scriptedGit(env, `env >> ${printed}\nexec "$REAL" "$@"`);
    const facts = await readGitFacts(folder, {
      ...scripted,
      GIT_DIR: join(other.folder, ".git"),
      GIT_WORK_TREE: other.folder,
      GIT_INDEX_FILE: "/none",
      GITHUB_TOKEN: "SECRET",
    });
    expect(facts).toMatchObject({ root: folder, dirty: false });
    const text = await readFile(printed, "utf8");
    expect(text).toMatch(/^GIT_TERMINAL_PROMPT=0$/m);
    expect(text).not.toMatch(/SECRET|GIT_DIR|GIT_INDEX_FILE/);
  });

  test("is not searched for git by a relative path", async () => {
    const { folder, env } = await makeCheckout();
    const scripted = await scriptedGit(env, "exit 3");
    const [first = ""] = scripted["PATH"]!.split(":");
    const relativePath = `${"../".repeat(20)}${first.slice(1)}:${env["PATH"]}`;
    expect(codes(await readGitFacts(folder, { ...env, PATH: relativePath }))).toEqual(["git-no-remote"]);
  });

  test("says which folders of others are trusted", async () => {
    const { folder, env } = await makeCheckout();
    const scripted = await scriptedGit(env, 'GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec "$REAL" "$@"');
    const facts = await readGitFacts(folder, scripted);
    expect(facts).toEqual({
      tags: [],
      reasons: [
        {
          code: "git-dubious-ownership",
          message: `"${folder}" belongs to another user, and git does not read it`,
          hint: `If the checkout is to be trusted: git config --global --add safe.directory "${folder}"`,
        },
      ],
    });
    const trust = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: folder };
    expect(codes(await readGitFacts(folder, { ...scripted, ...trust }))).toEqual(["git-no-remote"]);
  });
});

describe("without facts", () => {
  test("a folder in no checkout is told", async () => {
    const folder = await makeFolder();
    await expect(readGitFacts(folder, await gitEnv())).resolves.toEqual({
      tags: [],
      reasons: [{ code: "git-not-a-checkout", message: `"${folder}" is in no git checkout` }],
    });
  });

  test("a folder that is not there is told", async () => {
    const facts = await readGitFacts(join(await makeFolder(), "none"), await gitEnv());
    expect(facts.reasons).toEqual([{ code: "git-failed", message: expect.stringContaining("cannot change to") }]);
  });

  test("git that is not installed is told", async () => {
    const facts = await readGitFacts(await makeFolder(), { PATH: await makeFolder() });
    expect(facts.reasons).toEqual([
      { code: "git-not-run", message: "git cannot be run (ENOENT)", hint: "Install git, and have it in PATH." },
    ]);
  });

  test("a failure's words are shortened and escaped", async () => {
    const { folder, env } = await makeCheckout();
    const scripted = await scriptedGit(env, `printf '\\033[2Jfatal: %0999d' 0 >&2; exit 128`);
    const { reasons } = await readGitFacts(folder, scripted);
    expect(reasons).toEqual([
      { code: "git-failed", message: expect.stringMatching(/^git failed: "\\u001b\[2Jfatal: 0{180,200}…"$/) },
    ]);
  });
});
