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
  readonly ignoreScripts: boolean;
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

const FOR_US = "Say --provenance registry, bundle or none before the --.";
const GO_THERE = "Run colophon-npm-publish in that folder.";
const SAY_TO_BOTH = "Name the file in the environment (npm_config_userconfig, npm_config_globalconfig).";

/** What the publisher alone would hear, while this command packs elsewhere or asks another registry; with what to do. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["--provenance", FOR_US],
  ["--no-provenance", FOR_US],
  ["--provenance-file", FOR_US],
  ["-C", GO_THERE],
  ["--dir", GO_THERE],
  ["--prefix", GO_THERE],
  ["--userconfig", SAY_TO_BOTH],
  ["--globalconfig", SAY_TO_BOTH],
  ["--help", "See colophon-npm-publish --help, or run the publisher itself."],
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
  const refused = rest.find(({ name }) => REFUSED.has(name));
  if (refused !== undefined) throw usage(`${refused.name} is not for the publisher`, REFUSED.get(refused.name));
  const has = (...names: string[]): boolean =>
    rest.some(({ name, value }) => names.includes(name) && value !== "false");
  const named = rest.filter(({ name }) => SELECTING.get(name) === "value").map(plainName);
  const all = has("--workspaces", "-ws", "--recursive", "-r");
  return {
    tool,
    packages: named.length > 0 ? { named } : all ? "all" : "here",
    includeRoot: has("--include-workspace-root"),
    tarballs: rest.map(({ name }) => name).filter((name) => !name.startsWith("-") && name !== "."),
    dryRun: has("--dry-run"),
    ignoreScripts: has("--ignore-scripts"),
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
    else if (!word.startsWith("-") || FLAGS.test(word) || SELECTING.get(word) === "flag")
      words.push({ name: word, written: [word] });
    // As npm reads it too: what begins like a flag is nobody's value.
    else if (next === undefined || next.startsWith("-")) words.push({ name: word, written: [word] });
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
