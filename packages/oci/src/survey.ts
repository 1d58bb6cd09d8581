import type { Descriptor } from "./descriptor.ts";
import { OciError } from "./error.ts";
import type { Layout } from "./layout.ts";
import type { ImageManifest, Manifest } from "./manifest.ts";
import { isAttestationLayer, isEvidence, roleOf, type Role } from "./role.ts";

/** An image or index that `index.json` names. */
export interface FoundImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly manifest: Manifest;
}

/** A manifest with layers that are attestations. */
export interface FoundAttestations {
  readonly digest: string;
  readonly layers: readonly Descriptor[];
  /** Digests of what it is about, by its `subject` or by how the index names it; empty: nothing says so. */
  readonly subjects: readonly string[];
}

/** A manifest that could not be read. */
export interface Fault {
  readonly digest: string;
  /** What it would be about, where the index says so: it is then no image. */
  readonly subjects: readonly string[];
  readonly isEvidence: boolean;
  readonly error: OciError;
}

export interface Survey {
  readonly images: readonly FoundImage[];
  readonly attestations: readonly FoundAttestations[];
  readonly faults: readonly Fault[];
}

interface Entry {
  readonly digest: string;
  readonly roles: readonly Role[];
}

/** Reads every manifest that `index.json` names, each once, and tells images from what is about them. */
export async function surveyLayout(layout: Layout): Promise<Survey> {
  const found = { images: [] as FoundImage[], attestations: [] as FoundAttestations[], faults: [] as Fault[] };
  // BuildKit and clients without referrers API keep evidence one index below.
  const below: Descriptor[] = [];
  for (const entry of entriesOf(layout.index.manifests)) {
    const manifest = await readManifest(layout, entry, found.faults);
    if (manifest === undefined) continue;
    const isListed = entry.roles.some(({ as }) => as === "image") && !isEvidence(manifest);
    const isReferrers = entry.roles.some(({ as }) => as === "referrers");
    if (isListed) found.images.push({ digest: entry.digest, tags: tagsOf(entry), manifest });
    if (manifest.kind === "manifest") found.attestations.push(...attestationsIn(entry, manifest));
    else below.push(...manifest.manifests.filter((child) => isReferrers || roleOf(child).as === "evidence"));
  }
  for (const entry of entriesOf(below)) {
    const manifest = await readManifest(layout, entry, found.faults);
    if (manifest?.kind === "manifest") found.attestations.push(...attestationsIn(entry, manifest));
  }
  return { ...found, attestations: mergeSubjects(found.attestations) };
}

function entriesOf(descriptors: readonly Descriptor[]): readonly Entry[] {
  const byDigest = Map.groupBy(descriptors, ({ digest }) => digest);
  return [...byDigest].map(([digest, same]) => ({ digest, roles: same.map(roleOf) }));
}

async function readManifest(layout: Layout, entry: Entry, faults: Fault[]): Promise<Manifest | undefined> {
  try {
    return await layout.manifest(entry.digest);
  } catch (error) {
    if (!(error instanceof OciError)) throw error;
    const isAbout = entry.roles.every(({ as }) => as !== "image");
    faults.push({ digest: entry.digest, subjects: subjectsIn(entry), isEvidence: isAbout, error });
    return undefined;
  }
}

function attestationsIn(entry: Entry, { layers, subject }: ImageManifest): readonly FoundAttestations[] {
  if (!layers.some(isAttestationLayer)) return [];
  const subjects = subject === undefined ? subjectsIn(entry) : [...subjectsIn(entry), subject.digest];
  return [{ digest: entry.digest, layers, subjects }];
}

function mergeSubjects(attestations: readonly FoundAttestations[]): readonly FoundAttestations[] {
  const byDigest = Map.groupBy(attestations, ({ digest }) => digest);
  return [...byDigest.values()].flatMap((same) =>
    same.slice(0, 1).map((first) => ({ ...first, subjects: [...new Set(same.flatMap(({ subjects }) => subjects))] })),
  );
}

function subjectsIn({ roles }: Entry): readonly string[] {
  return roles.flatMap((role) => (role.as === "evidence" && role.subject !== null ? [role.subject] : []));
}

function tagsOf({ roles }: Entry): readonly string[] {
  return [...new Set(roles.flatMap((role) => (role.as === "image" && role.tag !== null ? [role.tag] : [])))];
}
