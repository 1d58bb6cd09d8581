/** The command line is at fault: exit code 2. */
export class UsageError extends Error {
  static {
    this.prototype.name = "UsageError";
  }
  readonly code = "USAGE";
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
