import { formatArtifacts, formatMetadata, type Artifact, type GitFacts } from "@colophon/config/emission";
import type { Plan, Receipt } from "@colophon/core";

const VERSION_TAG = /^refs\/tags\/v?(\d+\.\d+\.\d+(?:[-+].*)?)$/;

/** `artifacts.json` as GoReleaser has it: what was attested, and the attestations as signatures of it. */
export function artifactsOf(plan: Plan, receipt: Receipt, outputDir: string): string {
  const files = plan.subjects.flatMap(({ name, path, digest }): Artifact[] => {
    const sha256 = digest["sha256"];
    return path === undefined
      ? []
      : [{ name, path, internal_type: 3, type: "File", ...(sha256 && { extra: { Checksum: `sha256:${sha256}` } }) }];
  });
  const made = receipt.statements.filter(({ digest }) => digest !== null).map(({ bundle }) => bundle);
  const attestations = plan.statements
    .filter(({ files: { bundle } }) => made.includes(bundle))
    .flatMap(({ files: { bundle, envelope } }) => [bundle, envelope])
    .map((name): Artifact => ({ name, path: `${outputDir}/${name}`, internal_type: 13, type: "Signature" }));
  return formatArtifacts([...files, ...attestations]);
}

/** `metadata.json` as GoReleaser has it, as far as the checkout tells. */
export function metadataOf({ commit = "none", tags, root }: GitFacts, now: Date): string {
  const tag = tags.find((one) => VERSION_TAG.test(one));
  return formatMetadata({
    project_name: root?.split(/[\\/]/).at(-1) ?? "",
    tag: tag?.replace("refs/tags/", "") ?? "",
    previous_tag: "",
    version: VERSION_TAG.exec(tag ?? "")?.[1] ?? "",
    commit,
    date: now.toISOString(),
  });
}
