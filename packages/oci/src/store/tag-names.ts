import { fallbackTag } from "../registry/lists.ts";

/** The tag of cosign's own, older way to keep attestations. */
export function attTag(digest: string): string {
  return `${fallbackTag(digest)}.att`;
}

/**
 * The tag that we give to an attestation's manifest where the registry has no referrers API: writers who overwrite
 * each other's list of referrers lose none of these.
 */
export function ownTag(subject: string, manifest: string): string {
  return `${attTag(subject)}.${manifest.slice(manifest.indexOf(":") + 1).slice(0, 32)}`;
}

/** Those of one subject among the tags of a repository. */
export function ownTagsOf(tags: Iterable<string>, subject: string): readonly string[] {
  const prefix = `${attTag(subject)}.`;
  return [...tags].filter((tag) => tag.startsWith(prefix) && /^[0-9a-f]{32}$/.test(tag.slice(prefix.length)));
}

/** Whether a tag is the name of what is about another manifest: no image of its own. */
export function isEvidenceTag(tag: string): boolean {
  return /^(?:sha256|sha512)-[0-9a-f]{64}(?:\.(?:sig|sbom|att(?:\.[0-9a-f]{32})?))?$/.test(tag);
}
