import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isObject, parseStrictJson } from "@colophon/core";
import { ConfigError } from "./error.ts";
import type { WrittenConfig } from "./written-config.ts";

const MAX_BYTES = 1024 * 1024;

/** One file of a configuration; paths in it are relative to its folder. */
export interface LoadedConfig {
  readonly file: string;
  readonly folder: string;
  readonly written: WrittenConfig;
}

/**
 * Loads a configuration and what it extends, the strongest first. `extends` names files or installed npm packages,
 * never URLs. Throws ConfigError.
 */
export async function loadConfig(file: string, through: readonly string[] = []): Promise<LoadedConfig[]> {
  const path = resolve(file);
  if (through.includes(path)) {
    throw new ConfigError("CONFIG_EXTENDS", `${path} extends itself, through ${through.join(", ")}`);
  }
  // Most runs have no configuration, and need not load what checks one.
  const { parseConfig } = await import("./parse.ts");
  const written = parseConfig(await readValue(path), path);
  const bases = [written.extends ?? []].flat();
  const inherited: LoadedConfig[] = [];
  for (const base of bases.toReversed())
    inherited.push(...(await loadConfig(await resolveBase(base, path), [...through, path])));
  return [{ file: path, folder: dirname(path), written }, ...inherited];
}

async function resolveBase(base: string, from: string): Promise<string> {
  if (/^[a-z][a-z0-9+.-]+:/i.test(base)) {
    throw new ConfigError("CONFIG_EXTENDS", `${from} extends ${JSON.stringify(base)}, which is a URL`, {
      hint: "Extend a file, or an npm package that is installed.",
    });
  }
  if (base.startsWith(".") || isAbsolute(base)) return resolve(dirname(from), base);
  const { createJiti } = await import("jiti");
  const found = createJiti(from).esmResolve(base, { parentURL: pathToFileURL(from), try: true });
  if (found !== undefined) return fileURLToPath(found);
  throw new ConfigError("CONFIG_EXTENDS", `${from} extends ${JSON.stringify(base)}, which is not installed`, {
    hint: `Install it beside the configuration: npm install --save-dev ${base}`,
  });
}

async function readValue(path: string): Promise<unknown> {
  const ending = extname(path);
  if ([".ts", ".mts", ".js", ".mjs"].includes(ending)) return await importDefault(path);
  const text = await readText(path);
  if (ending === ".yaml" || ending === ".yml") return await parseYaml(text, path);
  const value = parseStrictJson(text, path);
  return basename(path) === "package.json" ? (isObject(value) ? value["colophon"] : value) : value;
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new ConfigError("CONFIG_UNREADABLE", `${path} is larger than ${MAX_BYTES} bytes`);
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw unreadable(path, cause);
  }
}

async function importDefault(path: string): Promise<unknown> {
  try {
    const { createJiti } = await import("jiti");
    return await createJiti(path, { fsCache: false, moduleCache: false }).import(path, { default: true });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function parseYaml(text: string, path: string): Promise<unknown> {
  const { parse } = await import("yaml");
  try {
    return parse(text, { maxAliasCount: 0, uniqueKeys: true });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): ConfigError {
  const why = cause instanceof Error ? cause.message.split("\n")[0] : "unknown failure";
  return new ConfigError("CONFIG_UNREADABLE", `the configuration ${path} cannot be read: ${why}`, {
    hint: "Check the file, or name another one with --config.",
    cause,
  });
}
