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

/** Splits `git+https://host/owner/repo@refs/…` at the first `@` behind the path's start: refs may hold `@` themselves. */
export function splitGitUri(uri: string): Pick<ProvenanceSource, "repository" | "ref"> {
  const address = uri.replace(/^git\+/, "");
  const pathStart = address.indexOf("/", address.indexOf("://") + 3);
  const at = pathStart === -1 ? -1 : address.indexOf("@", pathStart);
  const repository = (at === -1 ? address : address.slice(0, at)).replace(/\.git$/, "");
  return at === -1 ? { repository } : { repository, ref: address.slice(at + 1) };
}

/** The commit under any of the names that DigestSets give it. */
export function commitOf(digest: DigestSet): string | undefined {
  return digest["gitCommit"] ?? digest["sha1"];
}
