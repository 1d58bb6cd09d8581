import type { Command } from "./command.ts";
import { COMMANDS } from "./commands/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { COMMON_OPTIONS, parseOptions, renderOptions } from "./options.ts";
import { ExitError } from "./exit-error.ts";
import { UsageError } from "./usage-error.ts";

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  readonly version: string;
  readonly build: () => string;
}

/** Runs the command line and answers its exit code. Results go to stdout, everything else to stderr. */
export async function run(args: readonly string[], around: Surroundings): Promise<ExitCode> {
  try {
    return await dispatch(args, around);
  } catch (error) {
    return await reportError(error, args.includes("--verbose"), around);
  }
}

async function dispatch(args: readonly string[], around: Surroundings): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === "--version" || name === "-v") {
    around.stdout(`${around.version}\n`);
    return EXIT.met;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    (name === undefined ? around.stderr : around.stdout)(renderHelp());
    return name === undefined ? EXIT.usage : EXIT.met;
  }
  if (!Object.hasOwn(COMMANDS, name)) {
    throw new UsageError(
      `${JSON.stringify(name.slice(0, 60))} is not a command`,
      "See colophon --help for the commands.",
    );
  }
  const command = await COMMANDS[name]!.load();
  return await runCommand(name, command, rest, around);
}

async function runCommand(
  name: string,
  command: Command,
  args: readonly string[],
  around: Surroundings,
): Promise<ExitCode> {
  const definitions = { ...command.options, ...COMMON_OPTIONS };
  const options = parseOptions(args, definitions);
  const { env } = around;
  if (options.has("help")) {
    around.stdout(`Usage: colophon ${name} ${command.usage}\n\n${command.summary}\n\n${renderOptions(definitions)}\n`);
    return EXIT.met;
  }
  const noColor = options.has("no-color") || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return await command.run({
    options,
    cwd: around.cwd,
    env,
    stdout: around.stdout,
    stderr: options.has("quiet") ? () => undefined : around.stderr,
    color: !noColor && (around.stdoutIsTerminal || (env["FORCE_COLOR"] ?? "") !== ""),
    interactive: around.stderrIsTerminal && !options.has("quiet"),
    now: () => readClock(env["SOURCE_DATE_EPOCH"]),
    version: around.version,
    build: around.build,
  });
}

/** SOURCE_DATE_EPOCH, in seconds, stands for the present where it is set (reproducible-builds.org). */
function readClock(epoch: string | undefined): Date {
  if (epoch === undefined || epoch === "") return new Date();
  const time = /^\d{1,12}$/.test(epoch) ? new Date(Number(epoch) * 1000) : undefined;
  if (time === undefined)
    throw new UsageError(`SOURCE_DATE_EPOCH is ${JSON.stringify(epoch)}, not a number of seconds`);
  return time;
}

function renderHelp(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    "Usage: colophon <command> [options]",
    "",
    "Which published objects lack provenance?",
    "",
    ...commands,
    "",
    "colophon <command> --help tells a command's options; colophon --version the version.",
    "",
  ].join("\n");
}

/** An error of ours says what is wrong and what to do; anything else is a fault of this program. */
async function reportError(error: unknown, verbose: boolean, around: Surroundings): Promise<ExitCode> {
  const { plainText } = await import("@colophon/report");
  const known = error instanceof Error && "hint" in error && "code" in error;
  const message = error instanceof Error ? error.message : String(error);
  const code = known && !(error instanceof UsageError) ? ` (${String(error.code)})` : "";
  const lines = [
    known ? `colophon: ${plainText(message, 2000)}${code}` : `colophon: internal error: ${plainText(message, 500)}`,
  ];
  if (known && typeof error.hint === "string") lines.push(`  → ${plainText(error.hint, 2000)}`);
  if (!known && !verbose)
    lines.push("  → This is a fault of Colophon. Run it again with --verbose and report what it prints.");
  if (verbose && error instanceof Error) lines.push(describeCauses(error));
  around.stderr(`${lines.join("\n")}\n`);
  if (error instanceof ExitError) return EXIT[error.exit];
  return known ? EXIT.usage : EXIT.internal;
}

function describeCauses(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${describeCauses(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
