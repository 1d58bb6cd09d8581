import { CoreError, isObject, parseStrictJson, stringAt } from "@colophon/core";
import { NpmError } from "../error.ts";
import { show } from "./show.ts";

/** A package that a publisher says it packed or published. It is a claim: only bytes tell a digest. */
export interface PublisherEntry {
  readonly name: string;
  readonly version: string;
  /** As told: a name, or the path of a file. */
  readonly filename?: string;
  /** Subresource Integrity. */
  readonly integrity?: string;
}

const MAX_CHARACTERS = 16 * 1024 * 1024;
const MAX_ENTRIES = 10_000;
const MAX_TEXT = 4096;

/**
 * Reads what `npm pack --json` (a list in 11, an object keyed by name in 12) and `pnpm pack --json` print. What
 * lifecycle scripts have printed before it is passed over. Throws OUTPUT_UNREADABLE.
 */
export function parsePackOutput(text: string): readonly PublisherEntry[] {
  return entriesOf(parse(lastValue(text, "the output of pack"), "the output of pack"), "the output of pack");
}

/** Reads what `npm publish --json` (one object, or keyed by name) and `pnpm publish --json` print. Throws OUTPUT_UNREADABLE. */
export function parsePublishOutput(text: string): readonly PublisherEntry[] {
  return entriesOf(parse(lastValue(text, "the output of publish"), "the output of publish"), "the output of publish");
}

/**
 * Reads pnpm's `pnpm-publish-summary.json` (`--report-summary`) and lerna's `lerna-publish-summary.json`
 * (`--summary-file`). Throws OUTPUT_UNREADABLE.
 */
export function parsePublishSummary(text: string): readonly PublisherEntry[] {
  return entriesOf(parse(capped(text, "the publish summary"), "the publish summary"), "the publish summary");
}

/** Both tools print their value last, and begin it at the start of a line; deeper levels are indented. */
function lastValue(text: string, what: string): string {
  const start = Math.max(capped(text, what).lastIndexOf("\n["), text.lastIndexOf("\n{"));
  return text.slice(start + 1);
}

function capped(text: string, what: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  throw unreadable(what, `has more than ${MAX_CHARACTERS} characters`);
}

function parse(text: string, what: string): unknown {
  try {
    return parseStrictJson(text, what);
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    throw unreadable(what, `cannot be read (${show(error.message)})`, error);
  }
}

function entriesOf(value: unknown, what: string): PublisherEntry[] {
  const told = listOf(value);
  if (told === undefined) throw unreadable(what, "tells of no package");
  if (told.length > MAX_ENTRIES) throw unreadable(what, `tells of more than ${MAX_ENTRIES} packages`);
  return told.map((entry) => readEntry(entry, what));
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return undefined;
  const { publishedPackages } = value;
  if (Array.isArray(publishedPackages)) return publishedPackages;
  // One package, flat; a package named "name" has an object under that key.
  if (nameOf(value) !== undefined) return [value];
  const keyed = Object.values(value);
  return keyed.length > 0 && keyed.every(isObject) ? keyed : undefined;
}

function readEntry(entry: unknown, what: string): PublisherEntry {
  const name = nameOf(entry);
  const version = textAt(entry, "version");
  if (name === undefined || version === undefined) throw unreadable(what, "has an entry without name or version");
  const filename = textAt(entry, "filename");
  const integrity = textAt(entry, "integrity");
  return { name, version, ...(filename !== undefined && { filename }), ...(integrity !== undefined && { integrity }) };
}

/** lerna says `packageName`. */
function nameOf(entry: unknown): string | undefined {
  return textAt(entry, "name") ?? textAt(entry, "packageName");
}

function textAt(entry: unknown, key: string): string | undefined {
  const text = stringAt(entry, key);
  return text === undefined || text === "" || text.length > MAX_TEXT ? undefined : text;
}

function unreadable(what: string, why: string, cause?: unknown): NpmError {
  const hint = "Give the whole output of the publisher's --json, or its summary file.";
  return new NpmError("OUTPUT_UNREADABLE", `${what} ${why}`, { hint, cause });
}
