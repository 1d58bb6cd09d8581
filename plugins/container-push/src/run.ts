import { failureOf } from "@colophon/config/emission";
import { renderErrorText } from "@colophon/report";
import { attestPushed } from "./attest-pushed.ts";
import { HELP, parseOptions } from "./options.ts";
import { EXIT, type ExitCode, type Surroundings } from "./surroundings.ts";

const NAME = "colophon-container-push";

/** Runs the command line and answers its exit code. */
export async function run(args: readonly string[], around: Surroundings): Promise<ExitCode> {
  if (args.includes("--help") || args.includes("-h")) return show(HELP, around);
  if (args.includes("--version")) return show(`${around.version}\n`, around);
  try {
    return await attestPushed(parseOptions(args), around);
  } catch (error) {
    around.stderr(renderErrorText(NAME, error));
    const failure = failureOf(error);
    if (failure === undefined) return EXIT.internal;
    if (failure.status === "unreachable") return EXIT.incomplete;
    return failure.isAnswer ? EXIT.refused : EXIT.usage;
  }
}

function show(text: string, { stdout }: Surroundings): ExitCode {
  stdout(text);
  return EXIT.met;
}
