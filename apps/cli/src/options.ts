import { parseArgs } from "node:util";
import { UsageError } from "./usage-error.ts";

/** One option of a command, as it is parsed and as help shows it. */
export interface OptionDefinition {
  readonly type: "string" | "boolean";
  readonly multiple?: true;
  /** What stands for the value in help, such as `FILE`. */
  readonly value?: string;
  readonly help: string;
}

export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>;

/** Options that every command takes. */
export const COMMON_OPTIONS = {
  json: { type: "boolean", help: "Print the result as JSON" },
  "trusted-root": {
    type: "string",
    value: "FILE",
    help: "Sigstore trusted root to verify with (JSON, or JSON lines of several)",
  },
  offline: { type: "boolean", help: "Open no socket at all (COLOPHON_OFFLINE=1)" },
  registry: { type: "string", value: "URL", help: "npm registry (npm_config_registry)" },
  config: { type: "string", value: "FILE", help: "Configuration to use instead of the one found" },
  "cache-dir": { type: "string", value: "DIR", help: "Where answers are cached" },
  "no-cache": { type: "boolean", help: "Neither read nor write cached answers" },
  quiet: { type: "boolean", help: "No progress and no notes on stderr" },
  verbose: { type: "boolean", help: "Tell causes and stack traces of errors" },
  "no-color": { type: "boolean", help: "No colors (NO_COLOR)" },
  help: { type: "boolean", help: "Show this help" },
} as const satisfies OptionDefinitions;

/** Parsed options, by name. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];

  constructor(values: Readonly<Record<string, unknown>>, positionals: readonly string[]) {
    this.#values = values;
    this.positionals = positionals;
  }

  has(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === "string" ? value : undefined;
  }

  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? (value as string[]) : [];
  }
}

/** Parses a command's arguments. An unknown option, or one without its value, is a UsageError. */
export function parseOptions(args: readonly string[], definitions: OptionDefinitions): Options {
  const options = Object.fromEntries(
    Object.entries(definitions).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  );
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      tokens: true,
    });
    refuseRepeated(tokens, definitions);
    return new Options(values, positionals);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const message = cause instanceof Error ? cause.message.split(/\.\s/)[0] : "the command line cannot be read";
    throw new UsageError(message ?? "", "See --help for the options.");
  }
}

/** The last of several would win silently, and a check asked for would not be made. */
function refuseRepeated(
  tokens: readonly { readonly kind: string; readonly name?: string }[],
  definitions: OptionDefinitions,
): void {
  const seen = new Set<string>();
  for (const { kind, name } of tokens) {
    if (kind !== "option" || name === undefined || definitions[name]?.type === "boolean") continue;
    if (seen.has(name) && definitions[name]?.multiple !== true) throw new UsageError(`--${name} is given twice`);
    seen.add(name);
  }
}

/** The lines of a command's help that tell its options. */
export function renderOptions(definitions: OptionDefinitions): string {
  const rows = Object.entries(definitions).map(([name, { value, multiple, help }]): [string, string] => [
    `--${name}${value === undefined ? "" : ` ${value}`}`,
    multiple === true ? `${help} (repeatable)` : help,
  ]);
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
