import { readFile, stat } from "node:fs/promises";
import { isObject, objectAt, stringAt, type JsonObject } from "@colophon/core";
import { OciError } from "../error.ts";
import { readJson } from "../json.ts";
import { canonicalRegistry } from "../reference.ts";
import { loginIn, type Login } from "./login.ts";

/** What a file of credentials says; each key is a registry or a repository's prefix, as `normalize` writes it. */
export interface AuthFile {
  readonly logins: ReadonlyMap<string, Login>;
  /** Names of helpers. */
  readonly helpers: ReadonlyMap<string, string>;
  /** The helper for every registry. */
  readonly store: string | undefined;
}

const MOST_BYTES = 1024 * 1024;

/**
 * Reads Docker's config.json or Podman's auth.json; undefined where there is none. Throws CREDENTIALS_INVALID, which
 * names the file and repeats nothing of it.
 */
export async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  const bytes = await readBounded(path);
  if (bytes === undefined || bytes.byteLength === 0) return undefined;
  // Why it is no JSON would repeat some of it.
  const value = readJson(bytes);
  if (!isObject(value)) throw invalid(path, "is no JSON object");
  return {
    logins: readEntries(value, "auths", loginIn),
    helpers: readEntries(value, "credHelpers", (name) => (typeof name === "string" && name !== "" ? name : undefined)),
    store: stringAt(value, "credsStore") || undefined,
  };
}

async function readBounded(path: string): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(path);
    if (size <= MOST_BYTES) return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown fault";
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw invalid(path, `cannot be read (${code})`);
  }
  throw invalid(path, `has more than ${MOST_BYTES} bytes`);
}

function readEntries<T>(
  file: JsonObject,
  key: string,
  read: (value: unknown) => T | undefined,
): ReadonlyMap<string, T> {
  const entries = Object.entries(objectAt(file, key) ?? {});
  return new Map(
    entries.flatMap(([name, value]) => {
      const found = read(value);
      return found === undefined ? [] : [[normalize(name), found] as const];
    }),
  );
}

/** Docker writes servers as URLs, some with the version of the API behind them. */
function normalize(key: string): string {
  const [host = "", ...path] = key
    .replace(/^https?:\/\//i, "")
    .replace(/(?:\/v[12])?\/*$/, "")
    .split("/");
  return [canonicalRegistry(host.toLowerCase()), ...path].join("/");
}

function invalid(path: string, why: string): OciError {
  return new OciError("CREDENTIALS_INVALID", `${path} ${why}`, {
    hint: "Log in again with docker login or podman login, or mend the file.",
  });
}
