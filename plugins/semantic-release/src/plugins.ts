import { isObject } from "@colophon/core";
import type { Context, PluginConfig } from "./context.ts";

/** An entry of the host's option `plugins`. */
export interface PluginEntry {
  /** As written: a package or a path; empty for a plugin that is given as code. */
  readonly name: string;
  readonly config: PluginConfig;
}

export const OWN_NAME = "@colophon/semantic-release";
export const NPM = "@semantic-release/npm";
export const GIT = "@semantic-release/git";
export const GITHUB = "@semantic-release/github";

/** The plugins in their order, as semantic-release reads them: a name, `[name, config]`, or `{path, …config}`. */
export function entriesOf({ options }: Pick<Context, "options">): readonly PluginEntry[] {
  const { plugins = [] } = options;
  return (Array.isArray(plugins) ? plugins : [plugins]).map(toEntry);
}

function toEntry(written: unknown): PluginEntry {
  if (Array.isArray(written)) return entryOf(written[0], written[1]);
  if (!isObject(written)) return entryOf(written, {});
  const { path, ...config } = written;
  return entryOf(path, config);
}

function entryOf(path: unknown, config: unknown): PluginEntry {
  return { name: typeof path === "string" ? path : "", config: isObject(config) ? config : {} };
}

/** What a plugin is told: its own options over the host's. Undefined where it is not listed. */
export function configOf(name: string, context: Pick<Context, "options">): PluginConfig | undefined {
  const entry = entriesOf(context).find((one) => one.name === name);
  return entry === undefined ? undefined : { ...context.options, ...entry.config };
}

/** The plugins' names, for messages. */
export function showPlugins(context: Pick<Context, "options">): string {
  return entriesOf(context)
    .map(({ name }) => `\`${name === "" ? "(inline)" : name}\``)
    .join(", ");
}
