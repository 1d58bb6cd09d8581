import { CoreError, isObject, parseStrictJson } from "@colophon/core";
import { OciError } from "../error.ts";
import { unreadable } from "../registry/failure.ts";
import { splitEntries, type ChartBlock } from "./split-entries.ts";
import { parseYaml } from "./yaml-value.ts";

/** The charts that an index lists, by name. */
export type ChartIndex = ReadonlyMap<string, () => unknown>;

/** Of YAML that is parsed in one go: the library needs some 70 times as much memory. */
const MAX_YAML = 8 * 1024 * 1024;
const MAX_CHARTS = 50_000;

/**
 * Reads a repository's `index.yaml` (Helm, "The index file"), which may be JSON too. A chart's own entries are parsed
 * when they are asked for, and throw ANSWER_UNREADABLE or TOO_LARGE then. Throws the same for an index that is none.
 */
export function readIndex(bytes: Uint8Array): ChartIndex {
  const text = decode(bytes);
  if (/^\s*</.test(text)) throw unreadable("the index is a web page");
  const blocks = /^\s*\{/.test(text) ? undefined : splitEntries(text);
  return blocks === undefined ? readWhole(text) : readBlocks(blocks);
}

function readBlocks(blocks: readonly ChartBlock[]): ChartIndex {
  if (blocks.length > MAX_CHARTS) throw tooMany(blocks.length);
  const charts = new Map<string, () => unknown>();
  for (const [position, { name, text }] of blocks.entries()) {
    const key = name ?? `(entry ${position + 1})`;
    charts.set(key, charts.has(key) ? twice(key) : () => parseBlock(key, text));
  }
  return charts;
}

function parseBlock(name: string, text: string): unknown {
  const value = parseBounded(text, `the entry ${JSON.stringify(name)}`);
  if (isObject(value) && Object.hasOwn(value, name) && Object.keys(value).length === 1) return value[name];
  throw unreadable(`the entry ${JSON.stringify(name)} is not written as a chart's name and its versions`);
}

function readWhole(text: string): ChartIndex {
  const value = /^\s*\{/.test(text) ? parseJsonIndex(text) : parseBounded(text, "the index");
  const entries = isObject(value) ? value["entries"] : undefined;
  if (!isObject(entries) && entries !== null) throw unreadable("the index has no entries");
  const charts = Object.entries(entries ?? {});
  if (charts.length > MAX_CHARTS) throw tooMany(charts.length);
  return new Map(charts.map(([name, versions]) => [name, () => versions]));
}

function parseJsonIndex(text: string): unknown {
  try {
    return parseStrictJson(text, "the index");
  } catch (cause) {
    // YAML's own flow style looks alike.
    if (cause instanceof CoreError && cause.cause !== undefined) return parseBounded(text, "the index");
    throw cause instanceof CoreError ? unreadable(cause.message, cause) : cause;
  }
}

function parseBounded(text: string, where: string): unknown {
  if (text.length > MAX_YAML) {
    throw new OciError("TOO_LARGE", `${where} has ${text.length} characters of YAML, more than ${MAX_YAML}`);
  }
  return parseYaml(text, where);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadable("the index is not UTF-8", cause);
  }
}

function twice(name: string): () => never {
  return () => {
    throw unreadable(`the entry ${JSON.stringify(name)} stands twice`);
  };
}

function tooMany(count: number): OciError {
  return new OciError("TOO_LARGE", `the index lists ${count} charts, more than ${MAX_CHARTS}`);
}
