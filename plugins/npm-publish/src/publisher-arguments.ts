import { usage } from "./error.ts";

/** The publisher that the packages are handed to, with what is passed on to it as it is. */
export interface PublisherArguments {
  readonly tool: "npm" | "pnpm";
  readonly args: readonly string[];
  /** Packages of the workspace; `here` is the package of this folder. */
  readonly packages: "here" | "all" | { readonly named: readonly string[] };
  readonly includeRoot: boolean;
  /** Packed already. */
  readonly tarballs: readonly string[];
  readonly dryRun: boolean;
}

/** What selects packages takes a value, or none. */
const SELECTING: ReadonlyMap<string, "value" | "flag"> = new Map([
  ["--workspace", "value"],
  ["-w", "value"],
  ["--filter", "value"],
  ["-F", "value"],
  ["--workspaces", "flag"],
  ["-ws", "flag"],
  ["--recursive", "flag"],
  ["-r", "flag"],
  ["--include-workspace-root", "flag"],
]);

/** What this command says to the publisher itself. */
const OURS: ReadonlySet<string> = new Set([...SELECTING.keys(), "--dry-run", "--json"]);

/** Flags of `npm publish` and `pnpm publish` that take no value. Every other one does, unless written with `=`. */
const FLAGS =
  /^--(?:no-.+|force|json|provenance|ignore-scripts|dry-run|foreground-scripts|report-summary|verbose|silent|quiet)$|^-[fdsq]$/;

/**
 * Splits the arguments after `--`: `npm publish …`, `pnpm publish …`, or just arguments of `npm publish`. What this
 * command does itself (packing, selecting packages, provenance) is taken out. Throws PublishError.
 */
export function parsePublisherArguments(given: readonly string[]): PublisherArguments {
  const tool = given[0] === "pnpm" ? "pnpm" : "npm";
  const words = wordsOf(given[0] === tool ? given.slice(1) : given);
  const at = words.findIndex(({ name }) => !name.startsWith("-"));
  const rest = words[at]?.name === "publish" ? words.toSpliced(at, 1) : words;
  const refused = rest.find(({ name }) => /^--(?:no-)?provenance(?:-file)?$/.test(name));
  if (refused !== undefined)
    throw usage(`${refused.name} is not for the publisher`, "Say --provenance registry, bundle or none before the --.");
  const has = (...names: string[]): boolean => rest.some(({ name }) => names.includes(name));
  const named = rest.filter(({ name }) => SELECTING.get(name) === "value").map(plainName);
  const all = has("--workspaces", "-ws", "--recursive", "-r");
  return {
    tool,
    packages: named.length > 0 ? { named } : all ? "all" : "here",
    includeRoot: has("--include-workspace-root"),
    tarballs: rest.map(({ name }) => name).filter((name) => !name.startsWith("-") && name !== "."),
    dryRun: rest.some(({ name, value }) => name === "--dry-run" && value !== "false"),
    args: rest.filter(({ name }) => name.startsWith("-") && !OURS.has(name)).flatMap(({ written }) => written),
  };
}

interface Word {
  /** A flag without its value, or something else as it is. */
  readonly name: string;
  readonly value?: string;
  readonly written: readonly string[];
}

function wordsOf(given: readonly string[]): readonly Word[] {
  const words: Word[] = [];
  for (let index = 0; index < given.length; index += 1) {
    const word = given[index] ?? "";
    const at = word.startsWith("--") ? word.indexOf("=") : -1;
    const next = given[index + 1];
    if (at !== -1) words.push({ name: word.slice(0, at), value: word.slice(at + 1), written: [word] });
    else if (!word.startsWith("-") || FLAGS.test(word) || SELECTING.get(word) === "flag" || next === undefined)
      words.push({ name: word, written: [word] });
    else {
      words.push({ name: word, value: next, written: [word, next] });
      index += 1;
    }
  }
  return words;
}

/** pnpm's filters are a language of their own; of it, names and folders are understood. */
function plainName({ name: flag, value }: Word): string {
  if (value !== undefined && /^(?!-)[^{}[\]!*^]+$/.test(value) && !value.includes("...")) return value;
  throw usage(
    `${flag} ${JSON.stringify(value ?? "")} does not name one package`,
    "Name packages or their folders one by one, or take all of them (-r, --workspaces).",
  );
}
