import type { ExitCode } from "./exit-code.ts";
import type { OptionDefinitions, Options } from "./options.ts";

/** What a command is given of the process. */
export interface Invocation {
  readonly options: Options;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Whether stdout is a terminal that shows colors. */
  readonly color: boolean;
  /** Whether progress may be drawn on stderr. */
  readonly interactive: boolean;
  readonly now: () => Date;
  readonly version: string;
  /** Identifies the code that runs, more finely than its version. */
  readonly build: () => string;
}

export interface Command {
  readonly usage: string;
  readonly summary: string;
  readonly options: OptionDefinitions;
  readonly run: (invocation: Invocation) => Promise<ExitCode>;
}
