import type { DigestSet } from "../digest.ts";
import { isObject, objectAt, stringAt } from "../strict-json.ts";
import type { Dependency, ProvenanceSource } from "./form.ts";

/** Reads ResourceDescriptors or materials; entries of another shape are left out, missing digests are empty. */
export function readDependencies(list: unknown): Dependency[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).map((entry) => {
    const uri = stringAt(entry, "uri");
    return { ...(uri === undefined ? {} : { uri }), digest: readDigests(objectAt(entry, "digest")) };
  });
}

export function readDigests(value: unknown): DigestSet {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
}

/** Whether a URI names a git repository: `git+…`, or an address of a web host. */
export function isGitUri(uri: string | undefined): boolean {
  return uri !== undefined && /^git\+|^https?:/.test(uri);
}

/**
 * Splits `git+https://host/owner/repo@refs/…` (or with `#`, as BuildKit writes it) at the first of these behind the
 * path's start: refs may hold `@` themselves.
 */
export function splitGitUri(uri: string): Pick<ProvenanceSource, "repository" | "ref"> {
  const address = uri.replace(/^git\+/, "");
  const pathStart = address.indexOf("/", address.indexOf("://") + 3);
  const end = pathStart === -1 ? -1 : address.slice(pathStart).search(/[@#]/);
  const at = end === -1 ? address.length : pathStart + end;
  const repository = address.slice(0, at).replace(/\.git$/, "");
  return at === address.length ? { repository } : { repository, ref: address.slice(at + 1) };
}

/** The commit under any of the names that DigestSets give it. */
export function commitOf(digest: DigestSet): string | undefined {
  return digest["gitCommit"] ?? digest["sha1"];
}
