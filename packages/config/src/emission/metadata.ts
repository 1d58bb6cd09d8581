import type { Metadata } from "@colophon/goreleaser";
import type { GitFacts } from "@colophon/workspace";

const VERSION_TAG = /^refs\/tags\/v?(\d+\.\d+\.\d+(?:[-+].*)?)$/;

/** What GoReleaser's `metadata.json` says, as far as the checkout tells. */
export function metadataOf({ commit = "none", tags, root }: GitFacts, now: Date): Metadata {
  const tag = tags.find((one) => VERSION_TAG.test(one));
  return {
    project_name: root?.split(/[\\/]/).at(-1) ?? "",
    tag: tag?.replace("refs/tags/", "") ?? "",
    previous_tag: "",
    version: VERSION_TAG.exec(tag ?? "")?.[1] ?? "",
    commit,
    date: now.toISOString(),
  };
}
