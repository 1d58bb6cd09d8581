import { arrayAt, CoreError, parseStrictJson, stringAt } from "@colophon/core";
import { NpmError } from "../error.ts";
import { show } from "./show.ts";

/** A package that a publisher says it published. It is a claim: only bytes tell a digest. */
export interface PublisherEntry {
  readonly name: string;
  readonly version: string;
}

const MAX_CHARACTERS = 16 * 1024 * 1024;
const MAX_ENTRIES = 10_000;
const MAX_TEXT = 4096;

/**
 * Reads pnpm's `pnpm-publish-summary.json` (`--report-summary`) and lerna's `lerna-publish-summary.json`
 * (`--summary-file`). Throws OUTPUT_UNREADABLE.
 */
export function parsePublishSummary(text: string): readonly PublisherEntry[] {
  const value = parse(text);
  const told = Array.isArray(value) ? value : arrayAt(value, "publishedPackages");
  if (told === undefined) throw unreadable("tells of no package");
  if (told.length > MAX_ENTRIES) throw unreadable(`tells of more than ${MAX_ENTRIES} packages`);
  return told.map(readEntry);
}

function parse(text: string): unknown {
  if (text.length > MAX_CHARACTERS) throw unreadable(`has more than ${MAX_CHARACTERS} characters`);
  try {
    return parseStrictJson(text, "the publish summary");
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    throw unreadable(`cannot be read (${show(error.message)})`, error);
  }
}

function readEntry(entry: unknown): PublisherEntry {
  const name = nameOf(entry);
  const version = textAt(entry, "version");
  if (name === undefined || version === undefined) throw unreadable("has an entry without name or version");
  return { name, version };
}

/** lerna says `packageName`. */
function nameOf(entry: unknown): string | undefined {
  return textAt(entry, "name") ?? textAt(entry, "packageName");
}

function textAt(entry: unknown, key: string): string | undefined {
  const text = stringAt(entry, key);
  return text === undefined || text === "" || text.length > MAX_TEXT ? undefined : text;
}

function unreadable(why: string, cause?: unknown): NpmError {
  const hint = "Give the file that pnpm writes with --report-summary, or lerna with --summary-file.";
  return new NpmError("OUTPUT_UNREADABLE", `the publish summary ${why}`, { hint, cause });
}
