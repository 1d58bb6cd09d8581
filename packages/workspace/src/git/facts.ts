import { realpath } from "node:fs/promises";
import type { Reason } from "@colophon/core";
import { isInside } from "../inside.ts";
import { compareCodePoints } from "../name.ts";
import { askGit, type Told } from "./ask-git.ts";
import { readChanges } from "./changes.ts";
import { pickRemote, publicRemote } from "./remote.ts";
import type { GitCall } from "./run-git.ts";

const TIMEOUT_MS = 30_000;

/** What a checkout says of its source. What could not be had is absent, and `reasons` says why. */
export interface GitFacts {
  /** Absolute path of the checkout's top folder, symbolic links resolved. */
  readonly root?: string;
  /** Hexadecimal object id of the commit: 40 digits, or 64 in a repository of SHA-256. */
  readonly commit?: string;
  /** Full name of the branch, such as `refs/heads/main`; absent where HEAD is detached, as on a tag. */
  readonly ref?: string;
  /** Full names of all tags of the commit, annotated ones too, in the order of their code points. */
  readonly tags: readonly string[];
  /** URL of the remote, without credentials. */
  readonly remote?: string;
  /** Whether tracked files differ from the commit, in submodules too. */
  readonly dirty?: boolean;
  /** Whether there are files that git neither tracks nor ignores. */
  readonly untracked?: boolean;
  /** Whether the history is cut off, so that tags and ancestors may be lacking. */
  readonly shallow?: boolean;
  readonly reasons: readonly Reason[];
}

/**
 * Reads the facts by git itself, which it keeps from running anything that the repository names. Nothing that goes wrong
 * is thrown: without a checkout, without git, or where git does not trust the folder, the facts are absent.
 */
export async function readGitFacts(cwd: string, env: Readonly<Record<string, string | undefined>>): Promise<GitFacts> {
  const call: GitCall = { folder: cwd, env, timeout: TIMEOUT_MS };
  const place = await readPlace(call);
  if (!place.ok) return { tags: [], reasons: [place.reason] };
  const { root, shallow } = place.value;
  const here = { ...call, folder: root };
  const [commit, ref, remote, changes] = await Promise.all([
    readCommit(here),
    readRef(here),
    readRemote(here),
    readChanges(here),
  ]);
  const tags = commit.ok ? await readTags(here, commit.value) : commit;
  const all = [commit, ref, tags, remote, changes];
  return {
    root,
    ...(commit.ok ? { commit: commit.value } : {}),
    ...(ref.ok ? { ref: ref.value } : {}),
    tags: tags.ok ? tags.value : [],
    ...(remote.ok ? { remote: remote.value } : {}),
    ...(changes.ok ? changes.value : {}),
    shallow,
    reasons: [...new Set(all.flatMap((told) => (told.ok ? [] : [told.reason])))],
  };
}

function absent(code: string, message: string, hint?: string): { ok: false; reason: Reason } {
  return { ok: false, reason: hint === undefined ? { code, message } : { code, message, hint } };
}

async function readPlace(call: GitCall): Promise<Told<{ root: string; shallow: boolean }>> {
  const told = await askGit(["rev-parse", "--show-toplevel", "--is-shallow-repository"], call);
  if (!told.ok) return told;
  const [, top = "", shallow] = /^(.+)\n(true|false)\n$/s.exec(told.value) ?? [];
  const [root, folder] = await Promise.all([top, call.folder].map((path) => realpath(path).catch(() => undefined)));
  // A repository's configuration can name any folder as the one that it is a checkout of.
  if (root === undefined || folder === undefined || !isInside(root, folder)) {
    return absent("git-not-a-checkout", "the git repository here is a checkout of another folder");
  }
  return { ok: true, value: { root, shallow: shallow === "true" } };
}

async function readCommit(call: GitCall): Promise<Told<string>> {
  const told = await askGit(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], call);
  if (!told.ok) return told;
  const commit = told.value.trim();
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return absent("git-no-commit", "the checkout has no commit yet");
  return { ok: true, value: commit };
}

async function readRef(call: GitCall): Promise<Told<string>> {
  const told = await askGit(["symbolic-ref", "--quiet", "HEAD"], call);
  if (!told.ok) return told;
  if (told.value === "") return absent("git-detached-head", "HEAD is detached: the checkout is of no branch");
  return { ok: true, value: told.value.trimEnd() };
}

async function readTags(call: GitCall, commit: string): Promise<Told<readonly string[]>> {
  const told = await askGit(["show-ref", "--tags", "--dereference"], call);
  if (!told.ok) return told;
  const targets = new Map<string, string>();
  for (const line of told.value.split("\n")) {
    const [id = "", name] = line.split(" ", 2);
    // The line of what an annotated tag is of follows that of the tag.
    if (name !== undefined) targets.set(name.replace(/\^\{\}$/, ""), id);
  }
  const tags = [...targets].flatMap(([name, id]) => (id === commit ? [name] : []));
  return { ok: true, value: tags.toSorted(compareCodePoints) };
}

async function readRemote(call: GitCall): Promise<Told<string>> {
  const told = await askGit(["config", "-z", "--get-regexp", "^remote\\..*\\.url$"], call);
  if (!told.ok) return told;
  const url = pickRemote(told.value);
  if (url === undefined)
    return absent("git-no-remote", "the checkout has no remote called origin, and no single other");
  const remote = publicRemote(url);
  if (remote === undefined) return absent("git-remote-not-public", "the checkout's remote is no URL of a host");
  return { ok: true, value: remote };
}
