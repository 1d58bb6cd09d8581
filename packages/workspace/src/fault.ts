import { WorkspaceError } from "./error.ts";
import { quote } from "./name.ts";

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ELOOP: "its symbolic links lead in a circle",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its name is too long",
  EIO: "the disk failed",
};

/** The code of a fault of the operating system, or a word for what is none. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "unknown fault";
}

export function isMissing(cause: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(codeOf(cause));
}

export function missing(path: string, cause?: unknown): WorkspaceError {
  return new WorkspaceError("FILE_MISSING", `${quote(path)}: there is no such file`, {
    hint: "Build it first; relative paths start at the current folder.",
    cause,
  });
}

export function notRegular(path: string): WorkspaceError {
  return new WorkspaceError("FILE_REFUSED", `${quote(path)} is not a regular file`, {
    hint: "Write what a pipe or a device gives to a file first.",
  });
}

/** What the operating system says of a path that is read. An error of this package stays as it is. */
export function unreadable(path: string, cause: unknown): WorkspaceError {
  if (cause instanceof WorkspaceError) return cause;
  if (isMissing(cause)) return missing(path, cause);
  const code = codeOf(cause);
  return new WorkspaceError("FILE_UNREADABLE", `${quote(path)} cannot be read: ${WORDS[code] ?? code}`, {
    hint: "Make it readable for the user that runs this.",
    cause,
  });
}
