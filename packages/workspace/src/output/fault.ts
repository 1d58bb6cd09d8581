import { WorkspaceError } from "../error.ts";
import { codeOf } from "../fault.ts";
import { quote } from "../name.ts";

/** What the operating system says where something is written. An error of this package stays as it is. */
export function unwritable(path: string, cause: unknown): WorkspaceError {
  if (cause instanceof WorkspaceError) return cause;
  const code = codeOf(cause);
  if (["ENOSPC", "EDQUOT", "EFBIG"].includes(code)) {
    return new WorkspaceError("OUTPUT_FULL", `no space is left for ${quote(path)} (${code})`, {
      hint: "Free some space and run again: what is already written is kept and taken up.",
      cause,
    });
  }
  const words: Record<string, string> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the file system is read-only",
    ENOTDIR: "a file is where a folder should be",
    EEXIST: "a file is where a folder should be",
  };
  return new WorkspaceError("OUTPUT_UNWRITABLE", `${quote(path)} cannot be written: ${words[code] ?? code}`, {
    hint: "Name an output folder that can be written.",
    cause,
  });
}
