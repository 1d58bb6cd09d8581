import { repositoryUriOf, type ReleaseObject } from "@colophon/core";
import { contentOf, isChart } from "../chart.ts";
import { parseDigest } from "../digest.ts";
import { registryLocation, tagLocation } from "../location.ts";
import { formatRepository, imagePurl, type Repository } from "../reference.ts";
import type { FetchedManifest } from "../registry/fetch-manifest.ts";
import { chartVersionIn, highestTag } from "./tag-version.ts";

/** One digest in a repository, and the tags that lead to it. */
export interface Tagged {
  readonly digest: string;
  readonly tags: readonly string[];
  /** Whether one of them is the highest stable version of all. */
  readonly isLatest: boolean;
}

/**
 * The release object of a manifest. Its tags are locations, since they move; `latest` in `tags` marks the highest
 * stable version, whatever the repository's own tag of that name leads to. A chart's version is as Helm reads it.
 */
export function toImageObject(repository: Repository, tagged: Tagged, fetched: FetchedManifest): ReleaseObject {
  const { digest, tags, isLatest } = tagged;
  const { algorithm, hex } = parseDigest(digest, digest);
  const source = fetched.manifest.annotations["org.opencontainers.image.source"] ?? "";
  const best = highestTag(tags, "any") ?? tags.find((tag) => tag !== "latest") ?? null;
  const version = best !== null && isChart(fetched) ? (chartVersionIn(best) ?? best) : best;
  return {
    id: imagePurl(repository, digest),
    ...contentOf(fetched),
    locations: [registryLocation(repository, digest), ...tags.map((tag) => tagLocation(repository, tag))],
    digest: { [algorithm]: hex },
    digestFrom: "bytes",
    name: formatRepository(repository),
    version,
    publishedAt: null,
    tags: [...tags.filter((tag) => tag !== "latest"), ...(isLatest ? ["latest"] : [])],
    // The specification wants a URL here; npm's short forms would be guesses.
    declaredRepository: /^https?:\/\//i.test(source) ? repositoryUriOf(source) : null,
    deprecated: null,
  };
}
