import { isObject, parseStrictJson } from "@colophon/core";
import { NpmError } from "../error.ts";
import { createMemberScanner } from "./members.ts";
import { decodeUtf8 } from "./span.ts";
import { projectDistTags, projectTime, projectVersion, type Packument, type PublishedVersion } from "./packument.ts";

/** A version's entry of today's registries has some kilobytes; `time` of 100,000 versions has 5 MB. */
const MAX_MEMBER_BYTES = 16 * 1024 * 1024;
const MAX_VERSIONS = 200_000;
const MAX_VERSION_LENGTH = 256;
const MAX_MEMBERS_OF_ENTRY = 10_000;
const TAKEN = new Set(["name", "dist-tags", "time"]);
const USED_OF_ENTRY = new Set(["dist", "repository", "deprecated", "_npmUser"]);

/**
 * Projects a packument while it is read, one member in memory at a time. Throws ANSWER_UNREADABLE, and what `body`
 * throws. A malformed entry of one version is reported in `malformed` and leaves the others alone.
 */
export async function projectPackument(packageName: string, body: AsyncIterable<Uint8Array>): Promise<Packument> {
  const top = new Map<string, unknown>();
  const versions = new Map<string, PublishedVersion>();
  const malformed = new Map<string, string>();
  let listed = false;

  function takeVersion(version: string, json: Uint8Array | undefined): void {
    const fault = checkVersion(version);
    if (fault !== undefined) return void malformed.set(version, fault);
    try {
      const projected = projectVersion(readEntry(json));
      if (projected === null) malformed.set(version, "its entry is no object that has dist");
      else versions.set(version, projected);
    } catch (error) {
      malformed.set(version, (error as Error).message);
    }
  }

  const scanner = createMemberScanner({
    maxMemberBytes: MAX_MEMBER_BYTES,
    maxMembers: MAX_VERSIONS,
    use(key, parent) {
      if (parent !== null) return "take";
      if (key !== "versions") return TAKEN.has(key) ? "take" : "skip";
      listed = true;
      return "enter";
    },
    take(key, parent, json) {
      if (parent !== null) takeVersion(key, json);
      else if (key === "versions") throw new NpmError("ANSWER_UNREADABLE", "its versions are no object");
      else top.set(key, parse(json, `its member "${key}"`));
    },
  });
  for await (const chunk of body) scanner.write(chunk);
  scanner.end();
  checkName(packageName, top.get("name"));
  const time = projectTime(top.get("time"));
  if (!listed && time.unpublished === undefined) throw new NpmError("ANSWER_UNREADABLE", "it has no versions");
  return { distTags: projectDistTags(top.get("dist-tags")), ...time, versions, malformed };
}

/**
 * What is used of a version's entry. The rest of it, dependencies above all, is passed over: parsing it would cost more
 * memory than everything that is kept. Throws CoreError JSON_INVALID, or ANSWER_UNREADABLE.
 */
function readEntry(json: Uint8Array | undefined): Record<string, unknown> {
  const entry: Record<string, unknown> = {};
  const scanner = createMemberScanner({
    maxMemberBytes: MAX_MEMBER_BYTES,
    maxMembers: MAX_MEMBERS_OF_ENTRY,
    use: (key) => (USED_OF_ENTRY.has(key) ? "take" : "skip"),
    take: (key, _, member) => (entry[key] = parse(member, `its ${key}`)),
  });
  if (json === undefined) throw tooLong("its entry");
  scanner.write(json);
  scanner.end();
  return entry;
}

/** Throws CoreError JSON_INVALID, or ANSWER_UNREADABLE. */
function parse(json: Uint8Array | undefined, what: string): unknown {
  if (json === undefined) throw tooLong(what);
  return parseStrictJson(decodeUtf8(json), what);
}

function tooLong(what: string): NpmError {
  return new NpmError("ANSWER_UNREADABLE", `${what} has more than ${MAX_MEMBER_BYTES} bytes`);
}

function checkVersion(version: string): string | undefined {
  if (version === "" || version.length > MAX_VERSION_LENGTH) return "its number is empty, or too long";
  return /^[\x21-\x7e]+$/.test(version) ? undefined : "its number has characters that no version has";
}

/** Some answers of proxies are of another package, or an error with status 200. */
function checkName(asked: string, name: unknown): void {
  if (name === undefined || name === asked) return;
  const told = isObject(name) || typeof name !== "string" ? "no text" : JSON.stringify(name.slice(0, 220));
  throw new NpmError("ANSWER_UNREADABLE", `it is of another package, its name is ${told}`);
}
