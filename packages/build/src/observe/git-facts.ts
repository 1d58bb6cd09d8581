import { repositoryUriOf } from "@colophon/core";
import { BuildError, quote } from "../error.ts";
import { COMMIT, REF } from "../form.ts";

/** What is known of the checkout; nothing where there is none. */
export interface GitFacts {
  /** Commit that is checked out, in lower-case hexadecimal. */
  readonly commit?: string;
  /** Full name, `refs/heads/…` or `refs/tags/…`. */
  readonly ref?: string;
  /** URL of the remote as git has it; user info in it goes no further. */
  readonly remote?: string;
  /** Whether tracked files differ from the commit, or untracked ones are there. */
  readonly dirty?: boolean;
}

export interface Checkout {
  readonly commit?: string;
  readonly ref?: string;
  /** https URI. */
  readonly repository?: string;
  readonly dirty?: boolean;
}

/** Checks what the caller found. Throws `input-invalid`. */
export function readCheckout({ commit, ref, remote, dirty }: GitFacts): Checkout {
  if (commit !== undefined && !COMMIT.test(commit)) throw invalid("commit", commit);
  if (ref !== undefined && !(ref.startsWith("refs/") && REF.test(ref))) throw invalid("ref", ref);
  const repository = remote === undefined ? null : repositoryOf(remote);
  return {
    ...(commit !== undefined && { commit }),
    ...(ref !== undefined && { ref }),
    ...(repository !== null && { repository }),
    ...(dirty !== undefined && { dirty }),
  };
}

/**
 * A remote can be a folder, which git writes like a shorthand, or an alias of one machine's ssh configuration: only a
 * URL or `user@host:path` with a full host name means the same to others.
 */
function repositoryOf(remote: string): string | null {
  if (!/^(?:(?:https?|ssh|git):\/\/|[\w.-]+@[\w.-]+:)/.test(remote)) return null;
  const repository = repositoryUriOf(remote);
  return repository !== null && new URL(repository).hostname.includes(".") ? repository : null;
}

function invalid(what: string, value: string): BuildError {
  return new BuildError("input-invalid", `the ${what} of the checkout is ${quote(value)}, which is none`, {
    hint: "Give a full commit id, and a ref that begins with refs/.",
  });
}
