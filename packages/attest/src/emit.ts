import type { Plan, Receipt } from "@colophon/core";
import { formatArtifacts, formatMetadata, type Artifact, type Metadata } from "@colophon/goreleaser";
import type { SealPorts } from "./ports.ts";
import { seal } from "./seal.ts";

const RESULTS = ["plan.json", "receipt.json", "artifacts.json", "metadata.json"];

/** Rejects where something else has the name of a file that an emission leaves. */
export async function claimAll({ statements }: Plan, { folder }: Pick<SealPorts, "folder">): Promise<void> {
  const made = statements.flatMap(({ files: { bundle, envelope, draft } }) => [bundle, envelope, draft]);
  for (const name of [...made, ...RESULTS]) await folder.claim(name);
}

/** Writes `plan.json`, which another step, job or host may seal. */
export async function writePlan(plan: Plan, { folder }: Pick<SealPorts, "folder">): Promise<void> {
  await folder.write("plan.json", formatJson(plan));
}

/**
 * Seals a plan, and makes its folder one like GoReleaser's `dist`, so that everything that reads that can read this:
 * with `receipt.json`, `artifacts.json` and `metadata.json`. Rejects as `seal` does.
 */
export async function emit(plan: Plan, ports: SealPorts, metadata: Metadata): Promise<Receipt> {
  await writePlan(plan, ports);
  const receipt = await seal(plan, ports);
  await writeResults(plan, receipt, ports, metadata);
  return receipt;
}

/** What an emission leaves besides plan and bundles. */
export async function writeResults(
  plan: Plan,
  receipt: Receipt,
  { folder }: Pick<SealPorts, "folder">,
  metadata: Metadata,
): Promise<void> {
  await folder.write("receipt.json", formatJson(receipt));
  await folder.write("artifacts.json", artifactsOf(plan, receipt, folder.location));
  await folder.write("metadata.json", formatMetadata(metadata));
}

function formatJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** What was attested, and the attestations as signatures of it. */
function artifactsOf(plan: Plan, receipt: Receipt, outputDir: string): string {
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
