import {
  buildAtt,
  buildChart,
  buildFallbackIndex,
  buildReferrer,
  type AttLayer,
  type ChartOptions,
  type ReferrerOptions,
} from "./artifacts.ts";
import { EMPTY, type OciContent } from "./content.ts";
import { buildImage, type ImageDigests, type ImageOptions } from "./image.ts";
import { describeManifest, openRepository, storeContent, type Store } from "./store.ts";

/** Puts content into a registry without a request. */
export interface Publishing {
  /** Stores content as it is, unchecked. */
  add(repository: string, content: OciContent): void;
  /** Adds an image under those tags, and gives the digests of its parts. */
  addImage(repository: string, tags: readonly string[], options?: ImageOptions): ImageDigests;
  /** Adds an artifact about a manifest of that repository, and gives its digest. No fallback tag is written. */
  addReferrer(repository: string, subject: string, options: ReferrerOptions): string;
  /** Writes the fallback tag of a digest: the list of those manifests of the repository. Gives the list's digest. */
  addFallbackTag(repository: string, subject: string, referrers: readonly string[], options?: FallbackOptions): string;
  /** Adds cosign's legacy attestations of a digest, which may be one of another repository. Gives their digest. */
  addAtt(repository: string, subject: string, layers: readonly AttLayer[]): string;
  /** Adds a chart, tagged with its version, and gives the digest of its manifest. */
  addChart(repository: string, chart: ChartOptions): string;
}

/** How a client writes a fallback list. */
export interface FallbackOptions {
  /**
   * `full` entries, as oras writes them, are the default. cosign 3.1.3 leaves annotations out (`no-annotations`), and
   * before it also named the config's media type in place of the artifact type (`config-type`).
   */
  readonly entries?: "full" | "no-annotations" | "config-type";
}

/** Publishing into that store. */
export function createPublishing(store: Store): Publishing {
  const open = (name: string) => openRepository(store, name);
  const add: Publishing["add"] = (name, content) => storeContent(open(name), content);
  const addBuilt = <T extends OciContent & { readonly digest: string }>(name: string, built: T): string => {
    add(name, built);
    return built.digest;
  };
  return {
    add,
    addImage(name, tags, options) {
      const image = buildImage(name, tags, options);
      add(name, image);
      const { digest, platforms, attestations } = image;
      return { digest, platforms, attestations };
    },
    addReferrer: (name, subject, options) =>
      addBuilt(name, buildReferrer(describeManifest(open(name), subject), options)),
    addFallbackTag(name, subject, referrers, { entries = "full" } = {}) {
      const listed = referrers.map((digest) => {
        const full = describeManifest(open(name), digest);
        const { annotations: _, ...entry } = full;
        if (entries === "config-type") return { ...entry, artifactType: EMPTY };
        return entries === "full" ? full : entry;
      });
      return addBuilt(name, buildFallbackIndex(subject, listed));
    },
    addAtt: (name, subject, layers) => addBuilt(name, buildAtt(subject, layers)),
    addChart: (name, chart) => addBuilt(name, buildChart(chart)),
  };
}
