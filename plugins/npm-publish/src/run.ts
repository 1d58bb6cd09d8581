import { plainText } from "@colophon/report";
import { PublishError } from "./error.ts";
import { HELP, parseOptions } from "./options.ts";
import { parsePublisherArguments } from "./publisher-arguments.ts";
import { publish } from "./publish.ts";
import { EXIT, type ExitCode, type Surroundings } from "./surroundings.ts";

const MOST_LINES = 50;

/** Runs the command line and answers its exit code. */
export async function run(args: readonly string[], around: Surroundings): Promise<ExitCode> {
  const at = args.indexOf("--");
  const [own, passed] = at === -1 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
  if (own.includes("--help") || own.includes("-h")) return show(HELP, around);
  if (own.includes("--version")) return show(`${around.version}\n`, around);
  try {
    const options = parseOptions(own);
    const publisher = parsePublisherArguments(passed);
    // As npm hands it on to scripts.
    const isDry = options.dryRun || publisher.dryRun || around.env["npm_config_dry_run"] === "true";
    return await publish({ ...options, dryRun: isDry }, publisher, around);
  } catch (error) {
    return tell(error, around);
  }
}

function show(text: string, { stdout }: Surroundings): ExitCode {
  stdout(text);
  return EXIT.met;
}

/** An error of ours says what is wrong and what to do; anything else is a fault of this program. */
function tell(error: unknown, { stderr }: Surroundings): ExitCode {
  const known = error instanceof Error && "hint" in error && "code" in error;
  const text = plainText(error instanceof Error ? error.message : String(error), 2000);
  const line = (what: { code: string; message: string; hint?: string | undefined }): string => {
    const hint = what.hint === undefined ? "" : `\n  → ${plainText(what.hint, 2000)}`;
    // What a tool printed last stands in it, line by line.
    const message = what.message.split("\n", MOST_LINES).map((one) => plainText(one, 2000));
    return `colophon-npm-publish: ${message.join("\n    ")} (${what.code})${hint}\n`;
  };
  if (error instanceof PublishError && error.problems.length > 0) stderr(error.problems.map(line).join(""));
  else if (known)
    stderr(line({ code: String(error.code), message: error.message, hint: error.hint as string | undefined }));
  else
    stderr(`colophon-npm-publish: internal error: ${text}\n  → This is a fault of Colophon: report what it prints.\n`);
  return known ? EXIT.usage : EXIT.internal;
}
