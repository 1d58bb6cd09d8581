import { npmPurl, type NpmFacts, type ReleaseObject } from "@colophon/core";
import type { Packument, PublishedVersion } from "../packument/packument.ts";
import { attestationsUrl } from "./attestations-url.ts";

export interface ObjectContext {
  readonly packageName: string;
  /** The one that was asked. */
  readonly registryUrl: string;
  readonly servedFor: string;
  readonly packument: Packument;
  /** Dist-tags and their versions, by version. */
  readonly tags: ReadonlyMap<string, readonly (readonly [tag: string, version: string])[]>;
  /** What is true of the registry, for the versions that advertise nothing. */
  readonly carries: "some" | "nothing-seen" | "never";
}

/** One version as a release object; the truth order's second rank, since nothing was read but the packument. */
export function toReleaseObject(version: string, published: PublishedVersion, context: ObjectContext): ReleaseObject {
  const { packageName, packument, tags } = context;
  return {
    id: npmPurl(packageName, version),
    channels: ["npm"],
    locations: locationsOf(published.tarball),
    digest: published.digest,
    digestFrom: "registry",
    name: packageName,
    version,
    publishedAt: packument.publishedAt.get(version) ?? null,
    tags: (tags.get(version) ?? []).map(([tag]) => tag),
    declaredRepository: published.repository,
    deprecated: published.deprecated,
    npm: {
      ...factsOf(version, published, context),
      ...(published.tarball !== undefined && { tarballUrl: published.tarball }),
    },
  };
}

/** Fit to be shown: without user info and query, which can hold secrets. */
function locationsOf(tarball: string | undefined): string[] {
  const url = URL.parse(tarball ?? "");
  if (url === null) return [];
  return [`${url.protocol}//${url.host}${url.pathname}`];
}

/** Whether anything in the packument shows that the registry carries attestations. */
export function carriesAttestations({ versions }: Packument): boolean {
  return [...versions.values()].some(({ signed, attestations }) => signed || attestations !== undefined);
}

function factsOf(version: string, { attestations }: PublishedVersion, context: ObjectContext): NpmFacts {
  const { servedFor, carries, registryUrl, packageName } = context;
  // Mirrors hand on what they then do not serve: what the configuration says stands above the packument.
  if (carries === "never") return { servedFor, attestations: "never" };
  if (attestations === undefined) return { servedFor, attestations: carries === "some" ? "none" : "not-carried" };
  const { url: told, provenanceType } = attestations;
  return {
    servedFor,
    attestations: "advertised",
    attestationsUrl: attestationsUrl({ registryUrl, packageName, version, told }),
    ...(provenanceType !== undefined && { provenanceType }),
  };
}
