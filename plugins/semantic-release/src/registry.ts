import { resolve } from "node:path";
import { readTarballManifest } from "@colophon/config/emission";
import { parsePurl, type Plan, type PlannedSubject, type Publication, type Publisher } from "@colophon/core";
import { withNpm, type Means } from "./emission.ts";

/** A planned npm package at its registry. */
export interface Published {
  readonly publication: Publication;
  readonly publisher: Publisher;
  /** Host of the registry. */
  readonly host: string;
  /** Whether npm was asked for provenance of its own; a trusted publisher has it unasked. */
  readonly wantsProvenance: boolean;
}

/** Opens the registry of the npm package that a plan names; undefined where it names none. */
export async function withPublished<Result>(
  plan: Plan,
  means: Means,
  use: (published: Published | undefined) => Promise<Result>,
): Promise<Result> {
  const subject = packageOf(plan);
  if (subject === undefined) return await use(undefined);
  const { context, output } = means;
  const { name, version } = publicationOf(subject);
  const { publishConfig } = await readTarballManifest(resolve(context.cwd, subject.path ?? ""));
  const { registry, provenance } = publishConfig;
  return await withNpm(means, { name, ...(registry === undefined ? {} : { registry }) }, async (npm) => {
    const wantsProvenance = provenance ?? npm.asksForProvenance;
    const publisher = npm.publisher({
      tarballs: new Map(),
      provenance: wantsProvenance ? "registry" : "none",
      bundles: output.path,
      isPublishedElsewhere: true,
    });
    const { host } = new URL(npm.registryOf(name));
    return await use({ publication: { ...publicationOf(subject), version }, publisher, host, wantsProvenance });
  });
}

/** A file's name never holds a slash, so that only the package's is a purl. */
export function packageOf({ subjects }: Plan): PlannedSubject | undefined {
  return subjects.find(({ name }) => name.startsWith("pkg:npm/"));
}

function publicationOf({ name: id, digest }: PlannedSubject): Publication {
  const { namespace, name, version = "" } = parsePurl(id);
  const packageName = namespace === undefined ? name : `${namespace}/${name}`;
  return { id: id as Publication["id"], name: packageName, version, digest, after: [] };
}
