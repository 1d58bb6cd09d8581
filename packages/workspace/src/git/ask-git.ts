import type { Reason } from "@colophon/core";
import { quote } from "../name.ts";
import { runGit, type GitCall } from "./run-git.ts";

/** What was asked for, or why it could not be had. */
export type Told<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: Reason };

/** What git prints; nothing where it ends with 1 and without a complaint, which is how it says that there is none. */
export async function askGit(args: readonly string[], call: GitCall): Promise<Told<string>> {
  const answer = await runGit(args, call);
  switch (answer.kind) {
    case "ended":
      if (answer.code === 0) return { ok: true, value: answer.stdout };
      if (answer.code === 1 && answer.stderr === "") return { ok: true, value: "" };
      return { ok: false, reason: complaint(answer.stderr, call.folder) };
    case "not-run":
      return refusal("git-not-run", `git cannot be run (${answer.fault})`, "Install git, and have it in PATH.");
    case "timed-out":
      return refusal("git-timed-out", `git ${args[0]} took longer than ${call.timeout / 1000} seconds`);
    case "too-long":
      return refusal("git-output-too-long", `git ${args[0]} printed more than is read`);
  }
}

function refusal(code: string, message: string, hint?: string): { ok: false; reason: Reason } {
  return { ok: false, reason: hint === undefined ? { code, message } : { code, message, hint } };
}

/** Git is asked to complain in English. */
function complaint(stderr: string, folder: string): Reason {
  if (/dubious ownership|unsafe repository/.test(stderr)) {
    return {
      code: "git-dubious-ownership",
      message: `${quote(folder)} belongs to another user, and git does not read it`,
      hint: `If the checkout is to be trusted: git config --global --add safe.directory ${quote(folder)}`,
    };
  }
  if (/not a git repository|must be run in a work tree|cannot use bare repository/.test(stderr)) {
    return { code: "git-not-a-checkout", message: `${quote(folder)} is in no git checkout` };
  }
  return { code: "git-failed", message: `git failed: ${quote(stderr.split("\n", 1)[0] ?? "")}` };
}
