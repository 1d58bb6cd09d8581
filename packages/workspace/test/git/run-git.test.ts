import { expect, test } from "vitest";
import { askGit } from "../../src/git/ask-git.ts";
import { makeFolder } from "../folder.ts";
import { gitEnv, scriptedGit } from "./repository.ts";

// What git started holds its output open, so that the answer waits for all of it to end.
test("git that takes too long is ended with what it started", async () => {
  const folder = await makeFolder();
  const env = await scriptedGit(await gitEnv(), "sleep 600 & wait");
  const told = await askGit(["status"], { folder, env, timeout: 200 });
  expect(told).toEqual({
    ok: false,
    reason: { code: "git-timed-out", message: "git status took longer than 0.2 seconds" },
  });
});

test("git that prints without end is ended", async () => {
  const folder = await makeFolder();
  const env = await scriptedGit(await gitEnv(), "exec yes 2>/dev/null");
  const told = await askGit(["show-ref"], { folder, env, timeout: 60_000 });
  expect(told).toEqual({
    ok: false,
    reason: { code: "git-output-too-long", message: "git show-ref printed more than is read" },
  });
});

test.each([
  ["exit 1", { ok: true, value: "" }],
  ["echo found", { ok: true, value: "found\n" }],
  ["exit 2", { ok: false, reason: { code: "git-failed", message: 'git failed: ""' } }],
  ["echo no >&2; exit 1", { ok: false, reason: { code: "git-failed", message: 'git failed: "no"' } }],
])("%s tells %j", async (script, told) => {
  const folder = await makeFolder();
  const env = await scriptedGit(await gitEnv(), script);
  await expect(askGit(["config"], { folder, env, timeout: 60_000 })).resolves.toEqual(told);
});
