/**
 * FILE_MISSING: there is no such file, or a symbolic link leads nowhere.
 * FILE_REFUSED: not a regular file, or a symbolic link that leads out of the folder.
 * FILE_UNREADABLE: a file or folder is there and cannot be read.
 * FILE_CHANGED: a file was written to while it was hashed.
 * FOLDER_NAMED: a folder where files are meant.
 * PATTERN_UNMATCHED: no file matches a pattern.
 * NAME_UNSAFE: a name with control characters, bidirectional or other invisible marks, or that is not UTF-8.
 * NAME_CONFLICT: two files with the same name.
 * NAME_OUTSIDE_FOLDER: a name in a checksum file that leaves the folder of that file.
 * TOO_LARGE: a file, a folder tree or a pattern is larger than what is read.
 * OUTPUT_BUSY: another run writes into the output folder.
 * OUTPUT_FOREIGN: a file of the output folder was not written by Colophon.
 * OUTPUT_FULL: no space is left for a file.
 * OUTPUT_UNWRITABLE: the output folder, or a file of it, cannot be written.
 * MANIFEST_UNREADABLE: a package.json, or what names workspaces, is there and cannot be read.
 * WORKSPACES_UNREADABLE: a project names workspaces in a form that npm or pnpm would refuse.
 * OUTPUT_NAME: not a name that a file of the output folder can have.
 */
export type WorkspaceErrorCode =
  | "FILE_MISSING"
  | "FILE_REFUSED"
  | "FILE_UNREADABLE"
  | "FILE_CHANGED"
  | "FOLDER_NAMED"
  | "PATTERN_UNMATCHED"
  | "NAME_UNSAFE"
  | "NAME_CONFLICT"
  | "NAME_OUTSIDE_FOLDER"
  | "TOO_LARGE"
  | "OUTPUT_BUSY"
  | "OUTPUT_FOREIGN"
  | "OUTPUT_FULL"
  | "OUTPUT_UNWRITABLE"
  | "OUTPUT_NAME"
  | "MANIFEST_UNREADABLE"
  | "WORKSPACES_UNREADABLE";

/** The one error of this package: the message names the file, escaped; the hint says what to do. */
export class WorkspaceError extends Error {
  static {
    this.prototype.name = "WorkspaceError";
  }
  readonly code: WorkspaceErrorCode;
  readonly hint: string | undefined;

  constructor(code: WorkspaceErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
