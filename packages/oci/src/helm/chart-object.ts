import { formatPurl, type ReleaseObject, type Warning } from "@colophon/core";
import type { ChartEntry } from "./entry.ts";
import { archiveUrl, showRepository, showUrl, type ChartRepository } from "./repository.ts";

/** A version of a chart in a classic repository. */
export interface ListedChart {
  readonly chart: string;
  readonly entry: ChartEntry;
  /** Whether it is the chart's highest stable version. */
  readonly isLatest: boolean;
}

/** A chart's version as a release object; the digest is what the index claims. */
export function toChartObject(repository: ChartRepository, { chart, entry, isLatest }: ListedChart): ReleaseObject {
  const { version, digest, noDigest, publishedAt } = entry;
  const where = showRepository(repository);
  const urls = entry.urls.flatMap((url) => archiveUrl(repository, url) ?? []);
  const warnings: Warning[] = [];
  if (noDigest !== undefined) {
    const shown = JSON.stringify(noDigest);
    warnings.push({
      code: "index-digest-unreadable",
      message: `${chart} ${version}: the index says that its digest is ${shown}`,
    });
  }
  return {
    id: formatPurl({ type: "helm", name: chart, version, qualifiers: { repository_url: where } }),
    channels: ["helm"],
    locations: [...new Set(urls.map(showUrl))],
    digest,
    digestFrom: "registry",
    name: `${where}/${chart}`,
    version,
    publishedAt,
    tags: isLatest ? ["latest"] : [],
    declaredRepository: entry.repository,
    deprecated: entry.deprecated ? "the chart is deprecated" : null,
    ...(warnings.length > 0 && { warnings }),
    helm: { ...(urls[0] !== undefined && { archiveUrl: urls[0].href }) },
  };
}
