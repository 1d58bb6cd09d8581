import { renderErrorText } from "@colophon/report";
import { PublishError } from "./error.ts";
import { HELP, parseOptions } from "./options.ts";
import { parsePublisherArguments } from "./publisher-arguments.ts";
import { publish } from "./publish.ts";
import { EXIT, type ExitCode, type Surroundings } from "./surroundings.ts";

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

function tell(error: unknown, { stderr }: Surroundings): ExitCode {
  const isKnown = error instanceof Error && "hint" in error && "code" in error;
  const all = error instanceof PublishError && error.problems.length > 0 ? error.problems : [error];
  for (const one of all) stderr(renderErrorText("colophon-npm-publish", one));
  return isKnown ? EXIT.usage : EXIT.internal;
}
