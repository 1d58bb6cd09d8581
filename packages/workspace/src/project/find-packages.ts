// oxlint-disable-next-line typescript/triple-slash-reference -- programs of other packages see these types only so
/// <reference path="./map-workspaces.d.ts" />
import { readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { arrayAt, CoreError, isObject, parseStrictJson, type JsonObject } from "@colophon/core";
import { WorkspaceError } from "../error.ts";
import { codeOf } from "../fault.ts";
import { quote } from "../name.ts";

const MAX_BYTES = 4 * 1024 * 1024;

/** A folder with a package.json. */
export interface ProjectPackage {
  /** Absolute. */
  readonly folder: string;
  /** Relative to the project's folder, with forward slashes; empty for the project itself. */
  readonly path: string;
  readonly manifest: JsonObject;
}

export interface ProjectPackages {
  /** Absent where the folder has no package.json. */
  readonly root?: ProjectPackage;
  /** By folder. */
  readonly workspaces: readonly ProjectPackage[];
}

/**
 * The packages of a folder's project: its package.json, and those of its workspaces, be they npm's (`workspaces`) or
 * pnpm's (`packages` of pnpm-workspace.yaml). Throws MANIFEST_UNREADABLE or WORKSPACES_UNREADABLE.
 */
export async function findPackages(folder: string): Promise<ProjectPackages> {
  const manifest = await readManifest(join(folder, "package.json"));
  if (manifest === undefined) return { workspaces: [] };
  const workspaces: ProjectPackage[] = [];
  for (const place of await findWorkspaces(folder, manifest)) {
    const found = await readManifest(join(place, "package.json"));
    if (found !== undefined) workspaces.push({ folder: place, path: pathOf(place, folder), manifest: found });
  }
  return {
    root: { folder, path: "", manifest },
    workspaces: workspaces.toSorted(({ path: left }, { path: right }) => (left < right ? -1 : 1)),
  };
}

function pathOf(place: string, folder: string): string {
  return relative(folder, place).split(sep).join("/");
}

async function findWorkspaces(folder: string, manifest: JsonObject): Promise<readonly string[]> {
  const patterns = (await pnpmPatterns(join(folder, "pnpm-workspace.yaml"))) ?? manifest["workspaces"];
  if (patterns === undefined) return [];
  const { default: mapWorkspaces } = await import("@npmcli/map-workspaces");
  try {
    const found = await mapWorkspaces({ cwd: folder, pkg: { ...manifest, workspaces: patterns } });
    return [...found.values()].filter((place) => place !== folder);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "unknown failure";
    throw new WorkspaceError("WORKSPACES_UNREADABLE", `the workspaces of ${quote(folder)} cannot be read: ${why}`, {
      hint: "Correct `workspaces` in package.json, or `packages` in pnpm-workspace.yaml.",
      cause,
    });
  }
}

/** Undefined where the project is none of pnpm's, or only keeps settings there. */
async function pnpmPatterns(path: string): Promise<readonly unknown[] | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  const { parse } = await import("yaml");
  try {
    return arrayAt(parse(text, { maxAliasCount: 0, schema: "core" }) as unknown, "packages");
  } catch (cause) {
    throw new WorkspaceError("WORKSPACES_UNREADABLE", `${quote(path)} is no YAML that can be read`, {
      hint: "Correct it; aliases are not followed.",
      cause,
    });
  }
}

async function readManifest(path: string): Promise<JsonObject | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  try {
    const value = parseStrictJson(text, path);
    if (isObject(value)) return value;
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    throw new WorkspaceError("MANIFEST_UNREADABLE", cause.message, { hint: "Correct the file.", cause });
  }
  throw new WorkspaceError("MANIFEST_UNREADABLE", `${quote(path)} is not an object`, { hint: "Correct the file." });
}

/** Undefined where there is none; one that is there and cannot be read must not go missing. */
async function readText(path: string): Promise<string | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new WorkspaceError("MANIFEST_UNREADABLE", `${quote(path)} cannot be read (${code})`, { cause });
  }
  if (bytes.length > MAX_BYTES)
    throw new WorkspaceError("TOO_LARGE", `${quote(path)} has ${bytes.length} bytes, more than ${MAX_BYTES}`);
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}
